using Balancer.Configuration;
using Balancer.Proxy.Http2Upstream;
using Balancer.TestSupport;
using Balancer.TestSupport.Http2;
using Microsoft.AspNetCore.Http;

namespace Balancer.Proxy;

/// <summary><c>add_trailer</c>, by the way of a whole request.</summary>
public sealed class AddTrailerTests : IDisposable
{
    private const string Trailers = "add_trailer = ['X-T s=$status', 'X-Empty $arg_none', 'X-Always yes always']";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "chunked [ok] X-T=s=200 X-Always=yes")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "chunked [] X-T=s=200 X-Always=yes")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Own: o\r\n\r\n", "chunked [ok] X-Own=o X-T=s=200 X-Always=yes")]
    [InlineData("HTTP/1.1 201 X\r\nContent-Length: 2\r\n\r\nok", "chunked [ok] X-T=s=201 X-Always=yes")]
    [InlineData("HTTP/1.1 202 X\r\nContent-Length: 2\r\n\r\nok", "chunked [ok] X-Always=yes")]
    [InlineData("HTTP/1.1 206 X\r\nContent-Length: 2\r\n\r\nok", "chunked [ok] X-T=s=206 X-Always=yes")]
    [InlineData("HTTP/1.1 300 X\r\nContent-Length: 2\r\n\r\nok", "chunked [ok] X-Always=yes")]
    [InlineData("HTTP/1.1 303 X\r\nContent-Length: 2\r\n\r\nok", "chunked [ok] X-T=s=303 X-Always=yes")]
    [InlineData("HTTP/1.1 308 X\r\nContent-Length: 2\r\n\r\nok", "chunked [ok] X-T=s=308 X-Always=yes")]
    [InlineData("HTTP/1.1 404 X\r\nContent-Length: 2\r\n\r\nok", "chunked [ok] X-Always=yes")]
    [InlineData("HTTP/1.1 204 X\r\n\r\n", "- []")]
    [InlineData("HTTP/1.1 304 X\r\n\r\n", "- []")]
    public async Task Responses_of_servers_end_with_them(string response, string expected)
    {
        await using var upstream = ScriptedUpstream.Answer(_ => response);
        await using var gateway = await TestGateway.StartAsync(upstream, Trailers);
        using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
            var message = await client.ReadResponseAsync();
            Assert.Equal(expected, Show(message));
            Assert.True(message["Content-Length"] is null);
        }
    }

    [Fact]
    public async Task Without_always_a_response_of_another_status_stays_as_it_is()
    {
        await using var upstream = ScriptedUpstream.Answer(_ => "HTTP/1.1 404 X\r\nContent-Length: 2\r\n\r\nok");
        await using var gateway = await TestGateway.StartAsync(upstream, "add_trailer = { X-T = 'v' }");

        Assert.Equal("2 [ok]", Show(await gateway.GetAsync()));
    }

    [Theory]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "2 [ok]")]
    [InlineData("HEAD / HTTP/1.1\r\nHost: t\r\n\r\n", "2 []")]
    public async Task Clients_without_room_for_them_get_none(string request, string expected)
    {
        await using var upstream = ScriptedUpstream.Answer(r => r.FirstLine.StartsWith("HEAD", StringComparison.Ordinal) ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" : ScriptedUpstream.OkText("ok"));
        await using var gateway = await TestGateway.StartAsync(upstream, Trailers);

        Assert.Equal(expected, Show(await gateway.SendAsync(request, isBodyless: request.StartsWith("HEAD", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("/text", "chunked [ok] X-T=s=200 X-Always=yes")]
    [InlineData("/error", "chunked [PAGE] X-Always=yes")]
    [InlineData("/kept", "chunked [sorry] X-Always=yes")]
    [InlineData("/file", "chunked [file] X-T=s=200 X-Always=yes")]
    [InlineData("/moved", "chunked [PAGE] X-T=s=301 X-Always=yes")]
    [InlineData("/own", "2 [ok]")]
    public async Task Answers_of_the_gateway_end_with_them(string path, string expected)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "file"), "file");
        await using var gateway = await TestGateway.StartAsync($$"""
            {{Trailers}}
            [[server]]
            listen = "127.0.0.1:0"
            error_page = "503 @sorry"
            location = [
              { path = "/text", return = "200 ok" },
              { path = "/error", return = 502 },
              { path = "/kept", return = 503 },
              { path = "@sorry", return = "200 sorry" },
              { path = "/moved", return = "301 http://x/" },
              { path = "/file", root = "{{_folder.FullName}}" },
              { path = "/own", return = "200 ok", add_trailer = { X-T = "", X-Always = "", X-Empty = "" } },
            ]
            """);

        var shown = Show(await gateway.GetAsync(path));

        Assert.Equal(expected, expected.Contains("PAGE", StringComparison.Ordinal) ? $"chunked [PAGE]{shown[(shown.LastIndexOf(']') + 1)..]}" : shown);
    }

    [Fact]
    public async Task Levels_are_merged_by_name_and_values_are_those_of_the_end()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(
            upstream, "add_trailer = { x-time = '$upstream_response_time $body_bytes_sent', X-Gone = '' }", server: "add_trailer = { X-Gone = 'g', X-Kept = '$sent_http_x_h' }\nadd_header = { X-H = 'h' }", top: "add_trailer = { X-TIME = 'top' }");

        Assert.Matches(@"^chunked \[ok\] (X-TIME|x-time)=0\.\d{3} 2 X-Kept=h$", Show(await gateway.GetAsync()));
    }

    [Fact]
    public async Task Values_cannot_add_lines()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, "add_trailer = { X-T = '$uri' }");

        Assert.Equal("chunked [ok] X-T=/a  X-Evil: 1", Show(await gateway.GetAsync("/a%0d%0aX-Evil:%201")));
    }

    [Theory]
    [InlineData("GET", "200", "2", "x-t=s=200 x-always=yes")]
    [InlineData("GET", "404", "2", "x-always=yes")]
    [InlineData("GET", "204", null, "")]
    [InlineData("HEAD", "200", "2", "")]
    public async Task By_HTTP_2_they_end_the_stream(string method, string status, string? length, string expected)
    {
        await using var upstream = ScriptedUpstream.Answer(_ => $"HTTP/1.1 {status} X\r\n{(length is null ? "" : "Content-Length: 2\r\n")}\r\n{(length is null || method == "HEAD" ? "" : "ok")}");
        await using var gateway = await TestGateway.StartAsync(upstream, Trailers, server: "http2 = true");
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Headers(1, true, (":method", method), (":scheme", "http"), (":path", "/"), (":authority", "t")));
        var response = await client.ReadStreamAsync(1);

        Assert.Equal((int.Parse(status), length), (response.Status, response["content-length"]));
        Assert.Equal(expected, string.Join(' ', response.Trailers.Select(t => $"{t.Name.ToLowerInvariant()}={t.Value}")));
    }

    [Fact]
    public async Task A_call_that_ends_with_its_head_gets_none()
    {
        await using var upstream = await KestrelUpstream.StartAsync(context =>
        {
            context.Response.ContentType = "application/grpc";
            if (context.Request.Path == "/only")
            {
                context.Response.Headers["grpc-status"] = "5";
            }
            else
            {
                context.Response.AppendTrailer("grpc-status", "0");
            }

            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address], Trailers, server: "http2 = true").Replace("proxy_pass = \"http", "grpc_pass = \"grpc", StringComparison.Ordinal));
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1, ("content-type", "application/grpc")), Frames.Data(1, true, "12345"));
        Assert.Equal(["grpc-status", "X-Always", "X-T"], (await client.ReadStreamAsync(1)).Trailers.Select(t => t.Name).Order(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);
        await client.SendAsync(Frames.Headers(3, true, (":method", "POST"), (":scheme", "http"), (":path", "/only"), (":authority", "t"), ("content-type", "application/grpc")));
        var only = await client.ReadStreamAsync(3);

        Assert.Equal(("5", 0), (only["grpc-status"], only.Trailers.Count));
    }

    [Theory]
    [InlineData("Content-Type")]
    [InlineData("Set-Cookie")]
    [InlineData("Cache-Control")]
    [InlineData("WWW-Authenticate")]
    public async Task What_must_stand_in_the_head_is_refused(string name)
    {
        var config = ConfigurationText.LoadGood($"[[server]]\nlisten = '127.0.0.1:0'\nreturn = 200\nadd_trailer = {{ {name} = 'x' }}");

        var error = await Assert.ThrowsAsync<GatewayConfigException>(() => GatewayHost.StartAsync(config, new LogCapture(), TimeProvider.System, CancellationToken.None));

        Assert.Contains($"add_trailer: {name} cannot be a trailer", error.ToString());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Show(WireMessage message) =>
        string.Join(' ', new[] { message["Transfer-Encoding"] ?? message["Content-Length"] ?? "-", $"[{message.Text}]" }.Concat(message.Trailers.Select(t => $"{t.Name}={t.Value}")));
}
