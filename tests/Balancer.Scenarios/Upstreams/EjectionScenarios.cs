using System.Globalization;
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
            var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var load = Wrk.RunUntilAsync(over.Task, $"http://127.0.0.1:{gatewayPort}/", 64);
            await Deadline.UntilAsync(async () => Requests(await gateway.ScrapeAsync(), killed) > 500, () => "the server takes part");
            Assert.Equal(1, Up(await gateway.ScrapeAsync(), killed));

            await servers[1].KillAsync();
            await Deadline.UntilAsync(async () => Up(await gateway.ScrapeAsync(), killed) == 0, () => "the server is out");
            Assert.True(Failures(await gateway.ScrapeAsync(), killed) >= 3);

            // Nothing but time brings the probes.
            await Task.Delay(FailTimeout * 3);
            var before = Requests(await gateway.ScrapeAsync(), killed);
            await servers[1].RestartAsync();
            await Deadline.UntilAsync(async () => Up(await gateway.ScrapeAsync(), killed) == 1, () => "the server is back");
            await Deadline.UntilAsync(async () => Requests(await gateway.ScrapeAsync(), killed) > before + 100, () => "the server serves again");
            over.SetResult();
            (await load).AssertNoFailures();

            // Out once, after the third failure; one probe for each fail_timeout after that, however many requests come; then back.
            var log = gateway.Process.Lines.Where(l => l.Contains($"server={killed} ", StringComparison.Ordinal)).ToArray();
            var ejected = Assert.Single(log, l => l.Contains("event=upstream-server-ejected ", StringComparison.Ordinal));
            Assert.Contains(" fails=3 ", ejected, StringComparison.Ordinal);
            var back = Assert.Single(log, l => l.Contains("event=upstream-server-back ", StringComparison.Ordinal));
            var probes = log.Count(l => l.Contains("event=upstream-server-probe-failed ", StringComparison.Ordinal));
            var timeouts = (TimeOf(back) - TimeOf(ejected)) / FailTimeout;
            Assert.True(probes <= timeouts && probes >= Math.Floor(timeouts / 1.5) - 1, $"{probes} failed probes in {timeouts:F2} fail_timeouts:\n{string.Join((char)10, log.Where(l => l.Contains("event=upstream-server", StringComparison.Ordinal)))}");
        }
        finally
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }

    private static DateTime TimeOf(string line) =>
        DateTime.Parse(line[..line.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    private static double Requests(Metrics metrics, string server) => metrics.Sum("balancer_upstream_requests_total", $"server={server}");

    private static double Failures(Metrics metrics, string server) => metrics.Sum("balancer_upstream_failures_total", $"server={server}");

    private static double Up(Metrics metrics, string server) => metrics.Sum("balancer_upstream_server_up", $"server={server}");
}
