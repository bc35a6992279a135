using System.Text.RegularExpressions;
using Balancer.Infrastructure;
using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>The heads clients get, byte for byte.</summary>
public partial class ResponseHeadTests
{
    private const string Date = "Date: Sat, 21 Nov 2026 03:27:27 GMT\r\n";

    [Fact]
    public async Task Fields_keep_their_order_and_case_and_ours_follow_them()
    {
        var head = await RelayAsync("HTTP/1.1 200 Fine\r\nx-b: 1\r\nServer: up\r\nX-A:  2 \r\nContent-Length: 0\r\nx-b: 3\r\n\r\n", "add_header = { X-Own = 'yes', X-Status = '$status' }");

        Assert.Equal($"HTTP/1.1 200 Fine\r\nContent-Length: 0\r\nx-b: 1\r\nServer: up\r\nX-A: 2\r\nx-b: 3\r\n{Date}X-Own: yes\r\nX-Status: 200\r\n\r\n", head);
    }

    [Fact]
    public async Task A_date_of_the_server_is_kept()
    {
        var head = await RelayAsync("HTTP/1.1 200 OK\r\nDATE: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDATE: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n", head);
    }

    [Theory]
    [InlineData("Connection: close")]
    [InlineData("Connection: keep-alive\r\nKeep-Alive: timeout=5, max=100")]
    [InlineData("Connection: X-Hop\r\nX-Hop: 1")]
    [InlineData("X-Hop: 1\r\nConnection: foo, x-hop")]
    [InlineData("Proxy-Connection: close")]
    [InlineData("Upgrade: h2c")]
    [InlineData("TE: trailers")]
    [InlineData("X-Accel-Redirect: /secret")]
    [InlineData("X-Accel-Expires: 1")]
    [InlineData("X-Accel-Buffering: no")]
    [InlineData("X-Pad: avoid")]
    public async Task Fields_that_end_here_stay_here(string lines)
    {
        var head = await RelayAsync($"HTTP/1.1 200 OK\r\nX-0: 0\r\n{lines}\r\nX-1: 1\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal($"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-0: 0\r\nX-1: 1\r\n{Date}\r\n", head);
    }

    [Theory]
    [InlineData("Trailer: X-T")]
    [InlineData("Proxy-Authenticate: Basic")]
    [InlineData("X-Accel-Own: 1")]
    [InlineData("Set-Cookie: a\r\nSet-Cookie: b")]
    public async Task Other_fields_are_passed_on(string lines)
    {
        var head = await RelayAsync($"HTTP/1.1 200 OK\r\nX-0: 0\r\n{lines}\r\nX-1: 1\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal($"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-0: 0\r\n{lines}\r\nX-1: 1\r\n{Date}\r\n", head);
    }

    [Theory]
    [InlineData("proxy_hide_header = ['X-Powered-By', 'server']", "")]
    [InlineData("proxy_hide_header = 'X-Other'", "Server: up\r\nX-Powered-By: php\r\n")]
    [InlineData("proxy_pass_header = 'X-Accel-Expires'", "Server: up\r\nX-Powered-By: php\r\nX-Accel-Expires: 1\r\n")]
    [InlineData("add_header = { Server = 'ours' }\nproxy_hide_header = ['Server', 'X-Powered-By']", "Server: ours\r\n")]
    public async Task Fields_are_hidden_as_configured(string location, string expected)
    {
        var head = await RelayAsync("HTTP/1.1 200 OK\r\nServer: up\r\nX-Powered-By: php\r\nX-Accel-Expires: 1\r\nDate: d\r\nContent-Length: 0\r\n\r\n", location);

        Assert.Equal($"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n{expected}\r\n", head.Replace("Date: d\r\n", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Content-Length: 0003\r\n\r\nabc", "Content-Length: 3")]
    [InlineData("Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n", "Transfer-Encoding: chunked")]
    [InlineData("\r\n", "Transfer-Encoding: chunked")]
    [InlineData("Connection: Content-Length\r\nContent-Length: 3\r\n\r\nabc", "Content-Length: 3")]
    public async Task The_framing_of_the_body_is_written_in_one_form(string rest, string expected)
    {
        var head = await RelayAsync($"HTTP/1.1 200 OK\r\n{rest}");

        Assert.Equal($"HTTP/1.1 200 OK\r\n{expected}\r\n{Date}\r\n", head);
    }

    [Theory]
    [InlineData("HTTP/1.1 200", "HTTP/1.1 200 ")]
    [InlineData("HTTP/1.1 200 ", "HTTP/1.1 200 ")]
    [InlineData("HTTP/1.0 200 Old", "HTTP/1.1 200 Old")]
    [InlineData("HTTP/1.1 299 What ever", "HTTP/1.1 299 What ever")]
    [InlineData("HTTP/1.1 599 caf\u00e9", "HTTP/1.1 599 caf\u00e9")]
    public async Task The_status_line_is_ours_with_the_servers_reason(string line, string expected)
    {
        var head = await RelayAsync($"{line}\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal($"{expected}\r\nContent-Length: 0\r\n{Date}\r\n", head);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: t\r\n\r\n", "")]
    [InlineData("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", "Connection: close\r\n")]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "Connection: close\r\n")]
    [InlineData("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "Connection: keep-alive\r\n")]
    public async Task The_fate_of_the_connection_is_told_last(string request, string expected)
    {
        var head = await RelayAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", request: request);

        Assert.Equal($"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n{Date}{expected}\r\n", head);
    }

    [Theory]
    [InlineData("return = '200 hello'", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: balancer\r\n{0}Content-Type: text/plain\r\n\r\n")]
    [InlineData("return = '204'", "HTTP/1.1 204 No Content\r\nServer: balancer\r\n{0}\r\n")]
    [InlineData("return = '302 /other?$args'", "HTTP/1.1 302 Found\r\nContent-Length: N\r\nServer: balancer\r\n{0}Content-Type: text/html\r\nLocation: http://t:PORT/other?a=b\r\n\r\n")]
    [InlineData("return = '200 {}'\ndefault_type = 'application/json'", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nServer: balancer\r\n{0}Content-Type: application/json\r\n\r\n")]
    [InlineData("return = '404'\nadd_header = { X-A = '1' }", "HTTP/1.1 404 Not Found\r\nContent-Length: N\r\nServer: balancer\r\n{0}Content-Type: text/html\r\nX-A: 1\r\n\r\n")]
    public async Task Own_answers_have_the_same_shape(string location, string expected)
    {
        var head = await RelayAsync("unused", location, "GET /?a=b HTTP/1.1\r\nHost: t\r\n\r\n");

        Assert.Equal(string.Format(null, expected, Date), Port().Replace(PageLength().Replace(head, "Content-Length: N"), "http://t:PORT/"));
    }

    private static async Task<string> RelayAsync(string response, string location = "", string request = "GET / HTTP/1.1\r\nHost: t\r\n\r\n")
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            await wire.SendAsync(response);
        });
        await using var gateway = await TestGateway.StartAsync(upstream, location, time: new FakeTimeProvider());
        using var client = await gateway.ConnectAsync();
        await client.SendAsync(request);
        return await client.ReadHeadTextAsync();
    }

    /// <summary>The length of a page we write: its wording is not a matter of the head.</summary>
    [GeneratedRegex(@"Content-Length: \d{3}")]
    private static partial Regex PageLength();

    [GeneratedRegex("http://t:[0-9]+/")]
    private static partial Regex Port();
}
