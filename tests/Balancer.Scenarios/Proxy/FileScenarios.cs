using System.Security.Cryptography;
using System.Text;
using Balancer.Harness;

namespace Balancer.Proxy;

/// <summary>Files of a folder (<c>root</c>), as certbot's webroot plugin needs them beside a redirect of everything else.</summary>
public sealed class FileScenarios(FileScenarios.Fixture fixture) : IClassFixture<FileScenarios.Fixture>
{
    public sealed class Fixture : GatewayFixture
    {
        internal TempDirectory Webroot { get; } = new();

        protected override string Toml => $$"""
            [[server]]
            listen = "127.0.0.1:{{Port}}"
            http2 = true
            add_header = { X-Frame-Options = "DENY" }

              [[server.location]]
              path = "^~ /.well-known/acme-challenge/"
              root = "{{Webroot.Path}}"

              [[server.location]]
              path = "/"
              return = "301 https://$host$request_uri"
            """;

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            Webroot.Dispose();
        }
    }

    [Fact]
    public async Task Challenge_is_answered_and_everything_else_redirected()
    {
        var token = Write("token", "token.thumbprint");
        var response = await fixture.GetAsync(token);

        Assert.Equal(200, response.Status);
        Assert.Equal("token.thumbprint", response.BodyText);
        Assert.Equal("text/plain", response["Content-Type"]);
        Assert.Equal("DENY", response["X-Frame-Options"]);
        Assert.Equal("https://localhost/other?a=1", (await fixture.GetAsync("/other?a=1"))["Location"]);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("")]
    [InlineData("%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("..%2f..%2f..%2f..%2fetc%2fpasswd")]
    public async Task No_file_is_answered_404_or_400(string name)
    {
        Write("there", "x");
        var response = await fixture.GetAsync("/.well-known/acme-challenge/" + name);

        Assert.Contains(response.Status, new[] { 404, 400, 301 });
        Assert.DoesNotContain("root:", response.BodyText);
    }

    [Fact]
    public async Task Head_has_no_body_and_other_methods_are_refused()
    {
        var token = Write("head", "12345");
        var head = await RawClient.SendOnceAsync(fixture.Port, $"HEAD {token} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HEAD");
        Assert.Equal("5", head["Content-Length"]);
        var post = await RawClient.SendOnceAsync(fixture.Port, $"POST {token} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        Assert.Equal(405, post.Status);
        Assert.Equal("GET, HEAD", post["Allow"]);
    }

    [Fact]
    public async Task Range_is_not_looked_at()
    {
        var response = await fixture.GetAsync(Write("whole", "0123456789"), "Range: bytes=2-3");

        Assert.Equal(200, response.Status);
        Assert.Equal("0123456789", response.BodyText);
        Assert.Null(response["Content-Range"]);
    }

    [Theory]
    [InlineData("there%00", 400)]
    [InlineData("there%00.html", 400)]
    [InlineData("./there", 200)]
    [InlineData("x/../there", 200)]
    [InlineData("%2e/there", 200)]
    [InlineData("..%2facme-challenge/there", 200)]
    [InlineData("/there", 200)]
    [InlineData("there/", 404)]
    [InlineData("link", 404)]
    public async Task Path_is_normalised_before_the_file_is_looked_for(string name, int status)
    {
        var file = fixture.Webroot.File(Write("there", "x").TrimStart('/'));
        var link = Path.Combine(Path.GetDirectoryName(file)!, "link");
        if (name == "link")
        {
            File.CreateSymbolicLink(link, "/etc/hostname");
        }

        Assert.Equal(status, (await fixture.GetAsync("/.well-known/acme-challenge/" + name)).Status);
    }

    [Fact]
    public async Task Connection_serves_several_files_large_ones_too()
    {
        var large = RandomNumberGenerator.GetBytes(3_000_000);
        var path = Write("large", Encoding.Latin1.GetString(large));
        await using var client = await fixture.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(large, (await client.ReadResponseAsync()).Body);
        }
    }

    [Fact]
    public async Task Http2_gets_files_too()
    {
        var path = Write("h2", "over h2");
        using var client = new HttpClient { DefaultRequestVersion = new Version(2, 0), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        Assert.Equal("over h2", await client.GetStringAsync($"http://127.0.0.1:{fixture.Port}{path}"));
    }

    [Fact]
    public async Task Pipe_that_nobody_writes_to_holds_nobody_up()
    {
        var path = Write("pipe", "");
        var file = fixture.Webroot.File(path.TrimStart('/'));
        File.Delete(file);
        await ChildProcess.RunAsync(Tools.Get("mkfifo"), [file]);

        Assert.Equal(404, (await fixture.GetAsync(path)).Status);
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(".well-known", "acme-challenge", name);
        var file = fixture.Webroot.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, Encoding.Latin1.GetBytes(content));
        return "/" + path;
    }
}
