using Balancer.Harness;

namespace Balancer.Load;

/// <summary>The shipped gateway under load: how requests are shared out.</summary>
[Collection(HeavyLoad.Name)]
public sealed class InsightSerenityLoadScenarios
{
    private const int Requests = 45_000;

    [RequiresTool("nginx", "h2load", "wrk")]
    public async Task Admin_pool_splits_exactly_by_weight_and_a_slow_customer_server_gets_a_small_share()
    {
        await using var site = await InsightSerenitySite.StartAsync();
        var load = await H2Load.RunAsync($"https://127.0.0.1:{site.TlsPort}/api/v1/admin/users", Requests, 64);
        Assert.Equal(new H2LoadResult(Requests, Requests, 0, Requests), load);

        var customerLoad = await Wrk.RunAsync($"https://127.0.0.1:{site.TlsPort}/api/v1/orders", 64, TimeSpan.FromSeconds(5));
        customerLoad.AssertNoFailures();

        Assert.Equal((int[])[10000, 10000, 10000, 7500, 7500], await CountsAsync(site.Admin));
        var counts = await CountsAsync(site.Customer);
        var fast = counts.Where((_, i) => i != InsightSerenitySite.Slow).ToArray();
        Assert.True(counts[InsightSerenitySite.Slow] > 0 && counts[InsightSerenitySite.Slow] < fast.Min() / 10, $"customer requests: {string.Join(", ", counts)}");

        // Who answers faster gets more: on a busy machine that is chance, but none of them goes without.
        Assert.True(fast.Min() > fast.Sum() / 20, $"customer requests: {string.Join(", ", counts)}");
    }

    private static async Task<int[]> CountsAsync(List<NginxProcess> servers)
    {
        var counts = new List<int>();
        foreach (var server in servers)
        {
            await server.QuitAsync();
            counts.Add(File.ReadLines(server.File("access.log")).Count());
        }

        return [.. counts];
    }
}
