using System.Net;
using System.Text.RegularExpressions;
using Balancer.Harness;

namespace Balancer.Load;

/// <summary>What the shipped gateway promises its clients, tried with real servers behind it.</summary>
[Collection(HeavyLoad.Name)]
public sealed partial class InsightSerenityScenarios(InsightSerenityScenarios.Fixture fixture) : IClassFixture<InsightSerenityScenarios.Fixture>
{
    public sealed class Fixture : IAsyncLifetime
    {
        internal InsightSerenitySite Site { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            if (Tools.Find("nginx") is not null)
            {
                Site = await InsightSerenitySite.StartAsync();
            }
        }

        public async Task DisposeAsync()
        {
            if (Site is not null)
            {
                await Site.DisposeAsync();
            }
        }
    }

    private static readonly string[] Fields =
    [
        "Content-Security-Policy",
        "X-Frame-Options",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "Permissions-Policy",
        "X-Request-ID",
    ];

    private InsightSerenitySite Site => fixture.Site;

    [RequiresToolTheory("nginx")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Port_80_sends_everybody_to_https(string address)
    {
        await using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Parse(address), Site.PlainPort));
        await client.SendAsync("GET /a/b?c=d HTTP/1.1\r\nHost: insightserenity.com\r\n\r\n");
        var response = await client.ReadResponseAsync();

        Assert.Equal(301, response.Status);
        Assert.Equal("https://insightserenity.com/a/b?c=d", response["Location"]);
        AssertOnce(response, Fields);

        // RFC 6797 section 7.2: not without TLS.
        Assert.Null(response["Strict-Transport-Security"]);
    }

    [RequiresTool("nginx")]
    public async Task Challenge_of_certbot_is_answered_on_port_80()
    {
        var folder = Directory.CreateDirectory(Site.Gateway.FilePath("certbot/.well-known/acme-challenge"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "token"), "token.thumbprint");
        var response = await RawClient.GetAsync(Site.PlainPort, "/.well-known/acme-challenge/token");

        Assert.Equal(200, response.Status);
        Assert.Equal("token.thumbprint", response.BodyText);
        Assert.Equal(404, (await RawClient.GetAsync(Site.PlainPort, "/.well-known/acme-challenge/none")).Status);
    }

    [RequiresTool("nginx")]
    public async Task Health_is_answered_on_both_ports()
    {
        Assert.Equal("ok", (await RawClient.GetAsync(Site.PlainPort, "/health")).BodyText);
        Assert.Equal("ok", (await GetAsync("/health")).BodyText);
    }

    [RequiresToolTheory("nginx")]
    [InlineData("/health", 200)]
    [InlineData("/api/v1/admin/users", 200)]
    [InlineData("/api/v1/admin/missing", 404)]
    [InlineData("/api/v1/admin/broken", 502)]
    [InlineData("/who", 200)]
    [InlineData("/%zz", 400)]
    public async Task Every_response_has_each_field_of_security_once(string path, int status)
    {
        var response = await GetAsync(path);

        Assert.Equal(status, response.Status);
        AssertOnce(response, [.. Fields, "Strict-Transport-Security"]);
        Assert.Equal("DENY", response["X-Frame-Options"]);
        Assert.Equal("nosniff", response["X-Content-Type-Options"]);
        Assert.Equal("max-age=63072000; includeSubDomains", response["Strict-Transport-Security"]);
        Assert.StartsWith("default-src 'self';", response["Content-Security-Policy"], StringComparison.Ordinal);
    }

    [RequiresTool("nginx")]
    public async Task What_the_gateway_itself_answers_is_json_with_the_id_of_the_request_and_what_servers_answer_is_theirs()
    {
        var broken = await GetAsync("/api/v1/admin/broken");
        var missing = await GetAsync("/api/v1/admin/missing");

        Assert.Equal((502, "application/json"), (broken.Status, broken["Content-Type"]));
        Assert.Equal($"{{\"error\":{{\"status\":502,\"request_id\":\"{broken["X-Request-ID"]}\"}}}}", broken.BodyText);
        Assert.Equal((404, "text/html"), (missing.Status, missing["Content-Type"]));
    }

    [RequiresTool("nginx")]
    public async Task Static_files_are_kept_for_a_month_and_nothing_else_is()
    {
        Assert.Equal("max-age=2592000", (await GetAsync("/static/app.js"))["Cache-Control"]);
        Assert.Null((await GetAsync("/who"))["Cache-Control"]);
    }

    [RequiresTool("nginx")]
    public async Task Plain_request_on_port_443_is_answered_400_with_the_same_fields()
    {
        var response = await RawClient.GetAsync(Site.TlsPort, "/");

        Assert.Equal(400, response.Status);
        AssertOnce(response, Fields);
    }

    [RequiresTool("nginx")]
    public async Task Request_id_is_the_same_for_server_and_client_and_of_our_making()
    {
        var response = await GetAsync("/api/v1/admin/id", "X-Request-ID: forged");
        var words = response.BodyText.Split(' ');

        Assert.Matches(RequestId(), words[0]);
        Assert.Equal(words[0], response["X-Request-ID"]);
        Assert.Equal("https", words[1]);
        Assert.Equal("upstream.insightserenity.internal", words[2]);
        Assert.NotEqual(words[0], (await GetAsync("/api/v1/admin/id"))["X-Request-ID"]);
    }

    [RequiresToolTheory("nginx", "curl")]
    [InlineData("--http2", "127.0.0.1", "2")]
    [InlineData("--http1.1", "127.0.0.1", "1.1")]
    [InlineData("--http2", "[::1]", "2")]
    public async Task Curl_verifies_the_certificate_and_is_served(string option, string address, string version)
    {
        var (code, output) = await ChildProcess.RunAsync(
            Tools.Get("curl"),
            [
                "-sS", option, "--cacert", Site.Certificates.PathOf("ca.pem"), "--connect-to", $"::{address}:{Site.TlsPort}",
                "-w", " %{http_version} %{response_code}", $"https://{InsightSerenitySite.Name}/api/v1/admin/users",
            ]);

        Assert.Equal(0, code);
        Assert.Matches($@"^admin-\d {Regex.Escape(version)} 200$", output);
    }

    [RequiresTool("nginx")]
    public async Task Cookie_keeps_requests_and_websockets_on_one_server()
    {
        var names = new HashSet<string>();
        for (var i = 0; i < 10; i++)
        {
            var first = await GetAsync("/who");
            var cookie = Assert.Single(first.Values("Set-Cookie"));
            Assert.Matches(@"^insightserenity_server=[0-9a-f]{32}; Expires=[^;]+; Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=Lax$", cookie);
            var pair = "Cookie: " + cookie[..cookie.IndexOf(';', StringComparison.Ordinal)];
            for (var j = 0; j < 3; j++)
            {
                Assert.Equal(first.BodyText, (await GetAsync("/who", pair)).BodyText);
                Assert.Equal(first.BodyText + "hello", await TalkAsync(first.BodyText.Length, pair));
            }

            names.Add(first.BodyText);
        }

        Assert.True(names.Count > 1, "all clients were sent to one server");
    }

    [RequiresToolTheory("nginx", "openssl")]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Status_is_stapled_and_sessions_are_resumed(string version)
    {
        using var directory = new TempDirectory();
        var session = directory.File("session.pem");
        var first = await SClient.RunAsync(Site.TlsPort, InsightSerenitySite.Name, version, "-status", "-CAfile", Site.Certificates.PathOf("ca.pem"), "-sess_out", session);
        Assert.Contains("Cert Status: good", first);
        Assert.Contains("Verify return code: 0 (ok)", first);

        Assert.Contains("Reused, TLSv1.", await SClient.RunAsync(Site.TlsPort, InsightSerenitySite.Name, version, "-sess_in", session));
    }

    private static void AssertOnce(RawResponse response, string[] names) =>
        Assert.All(names, name => Assert.True(response.Values(name).Length == 1, $"{name} is there {response.Values(name).Length} times:\n{response.Head}"));

    /// <summary>Opens a WebSocket, says hello and hears all that comes back.</summary>
    /// <param name="nameLength">Length of the server's name, which it says first.</param>
    /// <param name="cookie">The client's cookie.</param>
    private async Task<string> TalkAsync(int nameLength, string cookie)
    {
        await using var client = await TlsClient.ConnectAsync(Site.TlsPort, InsightSerenitySite.Name);
        await client.SendAsync($"GET /ws/chat HTTP/1.1\r\nHost: {InsightSerenitySite.Name}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n{cookie}\r\n\r\n");
        var head = await client.ReadHeadAsync();
        Assert.Equal(101, head.Status);
        await client.SendAsync("hello");
        return await client.ReadTextAsync(nameLength + 5);
    }

    private async Task<RawResponse> GetAsync(string path, params string[] fields)
    {
        await using var client = await TlsClient.ConnectAsync(Site.TlsPort, InsightSerenitySite.Name);
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: {InsightSerenitySite.Name}\r\nConnection: close\r\n{string.Concat(fields.Select(f => f + "\r\n"))}\r\n");
        var head = await client.ReadHeadAsync();
        return new RawResponse { Head = head.Head, Body = System.Text.Encoding.Latin1.GetBytes(await client.ReadToEndAsync()), Complete = true };
    }

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex RequestId();
}
