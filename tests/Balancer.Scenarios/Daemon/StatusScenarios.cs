using System.Text.Json;
using Balancer.Harness;

namespace Balancer.Daemon;

/// <summary><c>GET /status</c> tells what runs.</summary>
public sealed class StatusScenarios
{
    private static string Toml(int port, TestUpstream upstream) => $$"""
        pid = "DIR/d.pid"

        [upstream.pool]
        least_conn = true
        server = ["{{upstream.Address}} weight=3", "127.0.0.1:1 backup"]

        [[server]]
        listen = "127.0.0.1:{{port}}"
        server_name = ["a.example", "b.example"]

          [[server.location]]
          path = "/"
          proxy_pass = "http://pool"

          [[server.location]]
          path = "= /health"
          return = "200 ok"
        """;

    [Fact]
    public async Task Servers_pools_and_counters_are_told()
    {
        await using var upstream = TestUpstream.Start();
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream));
        await using var client = await RawClient.ConnectAsync(port);
        foreach (var path in (string[])["/", "/x", "/health"])
        {
            await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: a.example\r\n\r\n");
            Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        }

        // A request is counted when it is over, which may be a moment after its last byte was seen here.
        await Deadline.UntilAsync(async () => (await ReadAsync(gateway)).GetProperty("totals").GetProperty("requests").GetInt64() == 3, () => "all three requests are counted");
        var status = await ReadAsync(gateway);

        Assert.Equal("running", status.GetProperty("state").GetString());
        Assert.Equal(gateway.Process.Id, status.GetProperty("pid").GetInt32());
        Assert.Equal(gateway.ConfigFile, status.GetProperty("configuration").GetProperty("file").GetString());
        Assert.Equal([$"127.0.0.1:{port}"], status.GetProperty("listeners").EnumerateArray().Select(l => l.GetProperty("address").GetString()));
        Assert.Equal(1, status.GetProperty("totals").GetProperty("connections_active").GetInt64());
        var server = Assert.Single(status.GetProperty("virtual_servers").EnumerateArray());
        Assert.Equal(["a.example", "b.example"], server.GetProperty("names").EnumerateArray().Select(n => n.GetString()));
        Assert.Equal(
            [("", null, 0), ("/", "pool", 2L), ("= /health", null, 1L)],
            server.GetProperty("locations").EnumerateArray().Select(l => (
                l.GetProperty("path").GetString(), l.GetProperty("upstream").GetString(), l.GetProperty("requests").GetProperty("2xx").GetInt64())));
        var pool = Assert.Single(status.GetProperty("upstreams").EnumerateArray());
        Assert.Equal(("pool", "least_conn", true), (pool.GetProperty("name").GetString(), pool.GetProperty("method").GetString(), pool.GetProperty("available").GetBoolean()));
        Assert.Equal(
            [(upstream.Address, 3, false, 2L), ("127.0.0.1:1", 1, true, 0L)],
            pool.GetProperty("servers").EnumerateArray().Select(s => (
                s.GetProperty("server").GetString(), s.GetProperty("weight").GetInt32(), s.GetProperty("backup").GetBoolean(), s.GetProperty("requests").GetProperty("2xx").GetInt64())));
    }

    [Fact]
    public async Task Refused_reload_is_told_with_its_errors()
    {
        await using var upstream = TestUpstream.Start();
        await using var gateway = await GatewayProcess.StartAsync(Toml(Ports.Next(), upstream));
        Assert.Equal(JsonValueKind.Null, (await ReadAsync(gateway)).GetProperty("configuration").GetProperty("last_reload").ValueKind);
        gateway.WriteConfig("unknown_key = 1\n");
        await gateway.ReloadAsync();

        var reload = (await ReadAsync(gateway)).GetProperty("configuration").GetProperty("last_reload");

        Assert.False(reload.GetProperty("successful").GetBoolean());
        Assert.Contains("unknown_key", string.Join('\n', reload.GetProperty("errors").EnumerateArray().Select(e => e.GetString())), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ReadAsync(GatewayProcess gateway)
    {
        var response = await gateway.AdminGetAsync("/status");
        Assert.Equal((200, "application/json"), (response.Status, response["Content-Type"]));
        return JsonDocument.Parse(response.BodyText).RootElement;
    }
}
