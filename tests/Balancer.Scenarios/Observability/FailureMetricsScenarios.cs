using Balancer.Harness;

namespace Balancer.Observability;

/// <summary>Each failure is counted where it happened, by its reason.</summary>
public sealed class FailureMetricsScenarios
{
    [Fact]
    public async Task Failures_of_servers_are_counted_by_reason_with_what_followed()
    {
        await using var good = TestUpstream.Start();
        await using var moody = TestUpstream.Start();
        moody.Default = x => x.RespondAsync(503, "not now");
        var dead = $"127.0.0.1:{Ports.Next()}";
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(MetricsToml.Site(
            port,
            $"""
            [upstream.half]
            server = ["{dead} max_fails=1 fail_timeout=1h", "{good.Address}"]

            [upstream.moody]
            server = ["{moody.Address} max_fails=5", "{good.Address} backup"]

            [upstream.dead]
            server = ["{dead} max_fails=1 fail_timeout=1h", "{dead.Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal)} max_fails=1 fail_timeout=1h"]
            """,
            MetricsToml.Pass("/half", "half") + MetricsToml.Pass("/moody", "moody", "proxy_next_upstream = \"http_503\"") + MetricsToml.Pass("/dead", "dead") + MetricsToml.Pass("/early", "half")));
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        good.On("/early", async x =>
        {
            await x.SendAsync("HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nhalf of it");

            // What is still on its way to the client goes with the reset.
            await arrived.Task;
            x.Connection.Close();
        });

        foreach (var (path, status) in ((string, int)[])[("/half", 200), ("/half", 200), ("/moody", 200), ("/dead", 502), ("/dead", 502)])
        {
            Assert.Equal(status, await MetricsToml.GetStatusAsync(port, path));
        }

        await using (var client = await RawClient.ConnectAsync(port))
        {
            await client.SendAsync("GET /early HTTP/1.1\r\nHost: m.example\r\n\r\n");
            await client.WaitForArrivalAsync("half of it");
            arrived.SetResult();
            Assert.False((await client.ReadResponseAsync()).Complete);
        }

        Assert.Equal(400, (await RawClient.SendOnceAsync(port, "GET /half HTTP/1.1\r\nHost : m.example\r\n\r\n")).Status);
        var metrics = await gateway.ScrapeWhenAsync(m => m.Sum("balancer_http_requests_total", "location=/early") == 1);

        string[] first = ["upstream=half", $"server={dead}"];
        Assert.Equal(1, metrics.Sum("balancer_upstream_requests_total", [.. first, "code=none"]));
        Assert.Equal(1, metrics.Sum("balancer_upstream_failures_total", [.. first, "reason=connect"]));
        Assert.Equal(1, metrics.Sum("balancer_upstream_retries_total", first));
        Assert.Equal(1, metrics.Sum("balancer_upstream_ejections_total", first));
        Assert.Equal(0, metrics.Sum("balancer_upstream_server_up", first));
        string[] passedOver = ["upstream=moody", $"server={moody.Address}"];
        Assert.Equal(1, metrics.Sum("balancer_upstream_requests_total", [.. passedOver, "code=5xx"]));
        Assert.Equal(1, metrics.Sum("balancer_upstream_failures_total", [.. passedOver, "reason=status"]));
        Assert.Equal(1, metrics.Sum("balancer_upstream_retries_total", passedOver));
        Assert.Equal(1, metrics.Sum("balancer_upstream_server_up", passedOver));
        Assert.Equal(1, metrics.Sum("balancer_upstream_failures_total", "upstream=half", $"server={good.Address}", "reason=truncated"));
        Assert.Equal(2, metrics.Sum("balancer_upstream_failures_total", "upstream=dead"));
        Assert.Equal(1, metrics.Sum("balancer_upstream_pick_failures_total", "upstream=dead", "reason=no_live_server"));
        Assert.Equal(1, metrics.Sum("balancer_http_request_errors_total", "reason=upstream_connect_failed"));
        Assert.Equal(1, metrics.Sum("balancer_http_request_errors_total", "reason=gateway_no_live_upstream"));
        Assert.Equal(1, metrics.Sum("balancer_http_request_errors_total", "reason=upstream_truncated"));
        Assert.Equal(1, metrics.Sum("balancer_http_request_errors_total", "reason=client_malformed"));
        Assert.Equal(1, metrics.Sum("balancer_http_malformed_requests_total"));
    }
}
