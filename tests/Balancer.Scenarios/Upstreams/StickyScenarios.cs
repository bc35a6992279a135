using Balancer.Harness;

namespace Balancer.Upstreams;

/// <summary>Clients that keep to their server by a cookie.</summary>
public sealed class StickyScenarios
{
    private static string Toml(int port, string servers, string sticky) => $$"""
        [upstream.pool]
        server = [{{servers}}]
        sticky = "{{sticky}}"

        [[server]]
        listen = "127.0.0.1:{{port}}"

          [[server.location]]
          path = "/"
          proxy_pass = "http://pool"
        """;

    private static TestUpstream Start(string name)
    {
        var upstream = TestUpstream.Start();
        upstream.Default = x => x.RespondAsync(200, name);
        upstream.On("/ws", async x =>
        {
            await x.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n" + name);
            x.Connection.Close();
        });
        return upstream;
    }

    [Fact]
    public async Task Cookie_binds_requests_and_websockets_to_the_server_that_answered_first()
    {
        await using var a = Start("a");
        await using var b = Start("b");
        await using var c = Start("c");
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(
            port, $"\"{a.Address}\", \"{b.Address} route=second\", \"{c.Address}\"", "cookie srv_id expires=1h domain=.example.com path=/ httponly secure samesite=lax"));
        foreach (var name in "abc")
        {
            var first = await RawClient.GetAsync(port, "/");
            Assert.Equal($"{name}", first.BodyText);
            var cookie = Assert.Single(first.Values("Set-Cookie"));
            Assert.Matches(
                @"^srv_id=([0-9a-f]{32}|second); Expires=\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT; Max-Age=3600; Domain=\.example\.com; Path=/; HttpOnly; Secure; SameSite=Lax$",
                cookie);
            Assert.Equal(name == 'b', cookie.StartsWith("srv_id=second;", StringComparison.Ordinal));
            Assert.DoesNotContain("127.0.0.1", cookie, StringComparison.Ordinal);
            var pair = cookie[..cookie.IndexOf(';', StringComparison.Ordinal)];
            for (var i = 0; i < 4; i++)
            {
                var again = await RawClient.GetAsync(port, "/", $"Cookie: x=1; {pair}; y=2");
                Assert.Equal($"{name}", again.BodyText);
                Assert.Empty(again.Values("Set-Cookie"));
                await using var socket = await RawClient.ConnectAsync(port);
                await socket.SendAsync($"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nCookie: {pair}\r\n\r\n");
                Assert.Equal(101, (await socket.ReadHeadAsync()).Status);
                Assert.Equal($"{name}", await socket.ReadToEndAsync());
            }
        }
    }

    [Fact]
    public async Task Session_moves_when_its_server_dies_and_stays_where_it_went()
    {
        await using var a = Start("a");
        await using var b = Start("b");
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, $"\"{a.Address} route=a\", \"{b.Address} route=b\"", "cookie s"));
        Assert.Equal("a", (await RawClient.GetAsync(port, "/", "Cookie: s=a")).BodyText);
        a.GoDown();
        var moved = await RawClient.GetAsync(port, "/", "Cookie: s=a");
        Assert.Equal("b", moved.BodyText);
        Assert.Equal("s=b", moved["Set-Cookie"]);
        Assert.Equal("b", (await RawClient.GetAsync(port, "/", "Cookie: s=b")).BodyText);
    }

    [Fact]
    public async Task Draining_server_keeps_its_sessions_over_a_reload_and_gets_no_new_ones()
    {
        await using var a = Start("a");
        await using var b = Start("b");
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, $"\"{a.Address}\", \"{b.Address}\"", "cookie s"));
        var first = await RawClient.GetAsync(port, "/");
        var pair = first["Set-Cookie"]!;
        gateway.WriteConfig(Toml(port, $"\"{a.Address} drain\", \"{b.Address}\"", "cookie s"));
        await gateway.ReloadAsync();
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal("b", (await RawClient.GetAsync(port, "/")).BodyText);
            Assert.Equal("a", (await RawClient.GetAsync(port, "/", $"Cookie: {pair}")).BodyText);
        }

        Assert.Contains("\"draining\"", (await gateway.AdminGetAsync("/status")).BodyText, StringComparison.Ordinal);
    }
}
