using Balancer.Harness;

namespace Balancer.Upstreams;

/// <summary>A real upstream server is killed and restarted under load.</summary>
[Collection(HeavyLoad.Name)]
public sealed class EjectionScenarios
{
    private static readonly TimeSpan FailTimeout = TimeSpan.FromSeconds(1);

    [RequiresTool("nginx", "wrk")]
    public async Task Killed_server_is_left_probed_and_taken_back_without_an_error_for_any_client()
    {
        var ports = Enumerable.Range(0, 3).Select(_ => Ports.Next()).ToArray();
        var servers = new List<NginxProcess>();
        try
        {
            foreach (var port in ports)
            {
                servers.Add(await NginxProcess.StartAsync($"keepalive_requests 1000000; server {{ listen 127.0.0.1:{port}; location / {{ return 200 {port}; }} }}"));
            }

            var gatewayPort = Ports.Next();
            await using var gateway = await GatewayProcess.StartAsync($"""
                [upstream.pool]
                keepalive = 128
                server = [{string.Join(", ", ports.Select(p => $"\"127.0.0.1:{p} max_fails=3 fail_timeout=1s\""))}]

                [[server]]
                listen = "127.0.0.1:{gatewayPort}"
                access_log = "off"
                keepalive_requests = 1000000

                  [[server.location]]
                  path = "/"
                  proxy_pass = "http://pool"
                """);
            var killed = $"127.0.0.1:{ports[1]}";
            var load = Wrk.RunAsync($"http://127.0.0.1:{gatewayPort}/", 64, TimeSpan.FromSeconds(9));
            await Deadline.UntilAsync(async () => Requests(await gateway.ScrapeAsync(), killed) > 500, () => "the server takes part");
            Assert.Equal(1, Up(await gateway.ScrapeAsync(), killed));

            await servers[1].KillAsync();
            await Deadline.UntilAsync(async () => Up(await gateway.ScrapeAsync(), killed) == 0, () => "the server is out");
            var out0 = await gateway.ScrapeAsync();
            Assert.True(Failures(out0, killed) >= 3, $"{Failures(out0, killed)} failures");

            // One probe per fail_timeout, however many requests come: over three of them two to four.
            await Task.Delay(FailTimeout * 3);
            var out1 = await gateway.ScrapeAsync();
            var probes = Failures(out1, killed) - Failures(out0, killed);
            Assert.InRange(probes, 1, 4);

            var before = Requests(await gateway.ScrapeAsync(), killed);
            await servers[1].RestartAsync();
            await Deadline.UntilAsync(async () => Up(await gateway.ScrapeAsync(), killed) == 1, () => "the server is back");
            await Deadline.UntilAsync(async () => Requests(await gateway.ScrapeAsync(), killed) > before + 100, () => "the server serves again");
            (await load).AssertNoFailures();
        }
        finally
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }

    private static double Requests(Metrics metrics, string server) => metrics.Sum("balancer_upstream_requests_total", $"server={server}");

    private static double Failures(Metrics metrics, string server) => metrics.Sum("balancer_upstream_failures_total", $"server={server}");

    private static double Up(Metrics metrics, string server) => metrics.Sum("balancer_upstream_server_up", $"server={server}");
}
