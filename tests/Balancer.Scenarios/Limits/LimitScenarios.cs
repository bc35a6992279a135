using System.Text.RegularExpressions;
using Balancer.Harness;

namespace Balancer.Limits;

/// <summary>Limits of the running daemon: what a reload keeps, what metrics and logs say.</summary>
public sealed partial class LimitScenarios
{
    [Fact]
    public async Task A_limit_holds_through_a_reload_and_is_seen_in_metrics_and_log()
    {
        var port = Ports.Next();
        string Toml(string rate) => $$"""
            limit_req_zone = "$binary_remote_addr zone=admin:64k rate={{rate}}"
            limit_conn_zone = "$binary_remote_addr zone=addr:64k"
            [[server]]
            listen = "127.0.0.1:{{port}}"
            limit_req = "zone=admin burst=2 nodelay"
            limit_req_status = 429
            limit_req_log_level = "notice"
            limit_conn = "addr 10"
            """;
        await using var gateway = await GatewayProcess.StartAsync(Toml("1r/h"));
        Assert.Equal([404, 404, 404, 429], await StatusesAsync(port, 4));

        gateway.WriteConfig(Toml("1r/d"));
        await gateway.ReloadAsync();

        var refused = await RawClient.GetAsync(port, "/");
        Assert.Equal(429, refused.Status);
        Assert.Equal("3", refused["RateLimit-Limit"]);
        Assert.InRange(int.Parse(refused["Retry-After"]!), 80_000, 86_400);
        var metrics = await gateway.ScrapeAsync();
        Assert.Equal(3, metrics.Sum("balancer_limit_req_requests_total", "zone=admin", "outcome=passed"));
        Assert.Equal(2, metrics.Sum("balancer_limit_req_requests_total", "zone=admin", "outcome=rejected"));
        Assert.Equal((1, 48, 65536), (metrics.Sum("balancer_limit_req_keys"), metrics.Sum("balancer_limit_req_used_bytes"), metrics.Sum("balancer_limit_req_size_bytes")));
        Assert.Equal((3, 0), (metrics.Sum("balancer_limit_conn_requests_total", "outcome=passed"), metrics.Sum("balancer_limit_conn_keys")));
        await Deadline.UntilAsync(() => Limited().Count(gateway.Process.Output) == 2, () => $"two lines of refused requests; output:\n{gateway.Process.Output}");
    }

    [Fact]
    public async Task A_flood_of_refused_requests_does_not_flood_the_log()
    {
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync($$"""
            limit_req_zone = "$binary_remote_addr zone=z:64k rate=1r/h"
            [[server]]
            listen = "127.0.0.1:{{port}}"
            limit_req = "zone=z"
            """);
        await using var client = await RawClient.ConnectAsync(port);

        for (var i = 0; i < 600; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(i == 0 ? 404 : 503, (await client.ReadResponseAsync()).Status);
        }

        Assert.Equal(599, (await gateway.ScrapeAsync()).Sum("balancer_limit_req_requests_total", "outcome=rejected"));
        await Deadline.UntilAsync(() => Limited().Count(gateway.Process.Output) >= 100, () => "the first lines are written");
        Assert.InRange(Limited().Count(gateway.Process.Output), 100, 300);
    }

    private static async Task<IEnumerable<int>> StatusesAsync(int port, int count)
    {
        var statuses = new int[count];
        for (var i = 0; i < count; i++)
        {
            statuses[i] = (await RawClient.GetAsync(port, "/")).Status;
        }

        return statuses;
    }

    [GeneratedRegex("event=request-limited zone=")]
    private static partial Regex Limited();
}
