using Balancer.Harness;
using Xunit.Abstractions;

namespace Balancer.Load;

/// <summary>What requests leave to the garbage collector of the daemon as it runs in production, with an access log.</summary>
[Collection(HeavyLoad.Name)]
public sealed class AllocationScenarios(ITestOutputHelper output)
{
    private const int Clients = 16;
    private const int WarmUp = 500;
    private const int Measured = 1_250;
    private const int MaxTries = 10;

    [RequiresOptimizedDaemon]
    public async Task Keepalive_requests_allocate_nothing()
    {
        await using var upstream = TestUpstream.Start();
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync($$"""
            [upstream.pool]
            keepalive_requests = 1000000
            server = ["{{upstream.Address}}"]

            [[server]]
            listen = "127.0.0.1:{{port}}"
            access_log = "DIR/access.log combined buffer=64k flush=1s"
            keepalive_requests = 1000000

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"
            """);
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => RawClient.ConnectAsync(port)));

        // The first requests fill the pools, and their code is compiled anew while they run; then all comes for free.
        var each = new List<double>();
        do
        {
            await RequestAsync(clients, WarmUp);
            var start = await AllocatedAsync(gateway);
            var scrape = await AllocatedAsync(gateway) - start;
            await RequestAsync(clients, Measured);
            each.Add((await AllocatedAsync(gateway) - start - (2 * scrape)) / (Clients * Measured));
        }
        while (each[^1] >= 1 && each.Count < MaxTries);

        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }

        output.WriteLine($"bytes a request, try after try: {string.Join(", ", each.Select(bytes => $"{bytes:F2}"))}");
        Assert.True(each[^1] < 1, $"bytes a request, try after try: {string.Join(", ", each)}");
    }

    private static Task RequestAsync(RawClient[] clients, int count) => Task.WhenAll(clients.Select(client => Task.Run(async () =>
    {
        for (var i = 0; i < count; i++)
        {
            await client.SendAsync("GET /api/v1/customer/42?view=full HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: test/1.0\r\nAccept: */*\r\n\r\n");
            Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        }
    })));

    private static async Task<double> AllocatedAsync(GatewayProcess gateway) => (await gateway.ScrapeAsync()).Sum("dotnet_gc_allocated_bytes_total");
}
