using Balancer.Harness;

namespace Balancer.Load;

/// <summary>The shipped <c>conf/insightserenity.toml</c> in front of ten real nginx servers on the addresses it names, moved from 10.0. to 127.0.</summary>
[Collection(HeavyLoad.Name)]
public sealed class InsightSerenityScenarios
{
    private const int Requests = 45_000;

    /// <summary>The customer server that takes its time.</summary>
    private const int Slow = 2;

    [RequiresTool("nginx", "h2load", "wrk")]
    public async Task Admin_pool_splits_exactly_by_weight_and_a_slow_customer_server_gets_a_small_share()
    {
        // The addresses are fixed, so two runs on one machine take turns.
        await using var turn = await TakeTurnAsync();
        var admin = new List<NginxProcess>();
        var customer = new List<NginxProcess>();
        try
        {
            for (var i = 0; i < 5; i++)
            {
                admin.Add(await NginxProcess.StartAsync($$"""
                    access_log DIR/access.log; keepalive_requests 1000000;
                    server { listen 127.0.2.{{10 + i}}:3002; location / { return 200 admin-{{i}}; } }
                    """));
            }

            for (var i = 0; i < 5; i++)
            {
                // The slow one sends its 8 KB at 4 KB a second.
                customer.Add(await NginxProcess.StartAsync($$"""
                    access_log DIR/access.log; keepalive_requests 1000000;
                    server { listen 127.0.3.{{10 + i}}:3001; root DIR; {{(i == Slow ? "limit_rate 4k;" : "")}} location / { try_files /page =404; } }
                    """));
                await File.WriteAllTextAsync(customer[i].File("page"), new string('c', 8192));
            }

            var port = Ports.Next();
            await using var gateway = await StartShippedAsync(port);
            var load = await H2Load.RunAsync($"http://127.0.0.1:{port}/api/v1/admin/users", Requests, 64);
            Assert.Equal(new H2LoadResult(Requests, Requests, 0, Requests), load);

            var customerLoad = await Wrk.RunAsync($"http://127.0.0.1:{port}/api/v1/orders", 64, TimeSpan.FromSeconds(6));
            customerLoad.AssertNoFailures();
            Assert.Equal(200, (await RawClient.GetAsync(port, "/health")).Status);

            Assert.Equal((int[])[10000, 10000, 10000, 7500, 7500], await CountsAsync(admin));
            var counts = await CountsAsync(customer);
            var fast = counts.Where((_, i) => i != Slow).ToArray();
            Assert.True(counts[Slow] > 0 && counts[Slow] < fast.Min() / 10, $"customer requests: {string.Join(", ", counts)}");

            // Who answers faster gets more: on a busy machine that is chance, but none of them goes without.
            Assert.True(fast.Min() > fast.Sum() / 20, $"customer requests: {string.Join(", ", counts)}");
        }
        finally
        {
            foreach (var server in admin.Concat(customer))
            {
                await server.DisposeAsync();
            }
        }
    }

    /// <summary>The files as they are shipped, on loopback addresses, a free port and the instance's own directory.</summary>
    private static Task<GatewayProcess> StartShippedAsync(int port)
    {
        var conf = Path.Combine(Repository.Root, "conf");
        string Moved(string path) => File.ReadAllText(path)
            .Replace("\"10.0.", "\"127.0.", StringComparison.Ordinal)
            .Replace("listen = \"80 ", $"listen = \"127.0.0.1:{port} ", StringComparison.Ordinal)
            .Replace("127.0.0.1:9145", "ADMIN", StringComparison.Ordinal)
            .Replace("/run/balancer/", "DIR/", StringComparison.Ordinal)
            .Replace("/var/log/balancer/", "DIR/", StringComparison.Ordinal);
        return GatewayProcess.StartAsync(
            Moved(Path.Combine(conf, "insightserenity.toml")),
            included: Directory.GetFiles(Path.Combine(conf, "upstreams")).ToDictionary(f => $"upstreams/{Path.GetFileName(f)}", Moved));
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

    private static async Task<FileStream> TakeTurnAsync()
    {
        FileStream? turn = null;
        await Deadline.UntilAsync(
            () =>
            {
                try
                {
                    turn = new FileStream(Path.Combine(Path.GetTempPath(), "balancer-scenarios-fixed-addresses"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                }
                catch (IOException)
                {
                    // Another run has it.
                }

                return turn is not null;
            },
            () => "another run to give back the fixed addresses",
            TimeSpan.FromMinutes(3));
        return turn!;
    }
}
