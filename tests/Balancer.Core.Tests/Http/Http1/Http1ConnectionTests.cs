using Balancer.TestSupport;

namespace Balancer.Http.Http1;

/// <summary>What becomes of a client connection from request to request.</summary>
public class Http1ConnectionTests
{
    private const string Site = "[[server]]\nlisten = '127.0.0.1:0'\nreturn = '200 $connection_requests $request_uri'\n";

    [Theory]
    [InlineData("HTTP/1.1", "", true)]
    [InlineData("HTTP/1.1", "Connection: keep-alive\r\n", true)]
    [InlineData("HTTP/1.1", "Connection: close\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: CLOSE\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: keep-alive, close\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: x\r\nConnection: close\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: closed\r\n", true)]
    [InlineData("HTTP/1.0", "", false)]
    [InlineData("HTTP/1.0", "Connection: keep-alive\r\n", true)]
    [InlineData("HTTP/1.0", "Connection: Keep-Alive\r\n", true)]
    [InlineData("HTTP/1.0", "Connection: keep-alive, close\r\n", false)]
    [InlineData("HTTP/1.2", "", true)]
    public async Task It_goes_on_as_version_and_Connection_say(string version, string field, bool goesOn)
    {
        await using var gateway = await TestGateway.StartAsync(Site);
        using var client = await gateway.ConnectAsync();
        for (var i = 1; i <= (goesOn ? 3 : 1); i++)
        {
            await client.SendAsync($"GET /{i} {version}\r\nHost: t\r\n{field}\r\n");
            var response = await client.ReadResponseAsync();
            Assert.Equal($"{i} /{i}", response.Text);
            Assert.Equal(goesOn ? (version == "HTTP/1.0" ? "keep-alive" : null) : "close", response["Connection"]);
        }

        Assert.Equal(goesOn, !goesOn ? !await client.IsClosedAsync() : client.IsSilent);
    }

    [Fact]
    public async Task It_ends_after_as_many_requests_as_allowed()
    {
        await using var gateway = await TestGateway.StartAsync(Site + "keepalive_requests = 3");
        using var client = await gateway.ConnectAsync();

        await client.SendAsync(string.Concat(Enumerable.Repeat("GET / HTTP/1.1\r\nHost: t\r\n\r\n", 5)));

        Assert.Null((await client.ReadResponseAsync())["Connection"]);
        Assert.Null((await client.ReadResponseAsync())["Connection"]);
        Assert.Equal("close", (await client.ReadResponseAsync())["Connection"]);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task It_ends_after_the_request_that_finds_it_too_old()
    {
        var time = new Infrastructure.FakeTimeProvider();
        await using var gateway = await TestGateway.StartAsync(Site + "keepalive_time = '10s'", time);
        using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        Assert.Null((await client.ReadResponseAsync())["Connection"]);

        time.Advance(TimeSpan.FromSeconds(11));
        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");

        Assert.Equal("close", (await client.ReadResponseAsync())["Connection"]);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task Requests_cut_anywhere_are_understood()
    {
        var text = "\r\nGET /1 HTTP/1.1\r\nHost: t\r\n\r\nPOST /2 HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\nHost: t\r\n\r\n";
        await using var gateway = await TestGateway.StartAsync(Site);
        for (var cut = 1; cut < text.Length; cut += 3)
        {
            using var client = await gateway.ConnectAsync();
            await client.SendAsync(text[..cut]);
            await Task.Yield();
            await client.SendAsync(text[cut..]);
            for (var i = 1; i <= 3; i++)
            {
                Assert.Equal($"{i} /{i}", (await client.ReadResponseAsync()).Text);
            }
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: gzip\r\n\r\n", 501)]
    [InlineData("GET / HTTP/3.0\r\nHost: t\r\n\r\n", 505)]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000", 400)]
    public async Task A_head_that_is_refused_is_the_last(string head, int expected)
    {
        await using var gateway = await TestGateway.StartAsync(Site);
        using var client = await gateway.ConnectAsync();

        await client.SendAsync(head + "GET /smuggled HTTP/1.1\r\nHost: t\r\n\r\n");
        var answer = await client.ReadToEndAsync();

        Assert.StartsWith($"HTTP/1.1 {expected} ", answer);
        Assert.Contains("Connection: close\r\n", answer);
        Assert.DoesNotContain("smuggled", answer);
    }

    [Theory]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: t\r\n\r\n", 414)]
    [InlineData("GET / HTTP/1.1\r\nHost: t\r\nX: {0}\r\n\r\n", 431)]
    [InlineData("GET / HTTP/1.1\r\nHost: t\r\n{1}\r\n\r\n", 431)]
    public async Task A_head_too_large_is_refused_and_its_client_hears_of_it(string head, int expected)
    {
        await using var gateway = await TestGateway.StartAsync(Site);
        using var client = await gateway.ConnectAsync();
        var long1 = new string('x', 20_000);
        var many = string.Join("\r\n", Enumerable.Range(0, 200).Select(i => $"X-{i}: {new string('y', 300)}"));

        // The client is still sending when it is refused: it must be able to read the answer all the same.
        var sending = SendAllAsync(client, head.Replace("{0}", long1, StringComparison.Ordinal).Replace("{1}", many, StringComparison.Ordinal));
        var response = await client.ReadResponseAsync();
        await sending;

        Assert.Equal(expected, response.Status);
        Assert.Equal("close", response["Connection"]);
    }

    [Fact]
    public async Task Hundreds_of_connections_come_and_go()
    {
        await using var gateway = await TestGateway.StartAsync(Site);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                using var client = await gateway.ConnectAsync();
                await client.SendAsync("GET /x HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
                Assert.EndsWith("1 /x", await client.ReadToEndAsync());
            }
        })));

        Assert.Equal(800, gateway.Host.Counters.ConnectionsAccepted.Value);
        await Eventually.TrueAsync(() => gateway.Host.Listeners[0].Connections == 0);
    }

    private static async Task SendAllAsync(Wire client, string text)
    {
        try
        {
            await client.SendAsync(text);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The gateway stopped reading.
        }
    }
}
