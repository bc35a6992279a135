using Balancer.Harness;

namespace Balancer.Observability;

/// <summary>Gauges tell what is now.</summary>
public sealed class GaugeScenarios
{
    [Fact]
    public async Task Gauges_follow_requests_that_run_and_wait()
    {
        await using var upstream = TestUpstream.Start();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async Task HoldAsync(UpstreamExchange x)
        {
            await go.Task;
            await x.RespondAsync(200, "at last");
        }

        upstream.On("/tight/held", HoldAsync);
        upstream.On("/queued/held", HoldAsync);
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(MetricsToml.Site(
            port,
            $"""
            [upstream.tight]
            server = "{upstream.Address} max_conns=1"

            [upstream.queued]
            server = "{upstream.Address} max_conns=1"
            queue = "1 timeout=1h"
            """,
            MetricsToml.Pass("/tight/", "tight") + MetricsToml.Pass("/queued/", "queued")));
        Task<RawResponse>[] held = [RawClient.GetAsync(port, "/tight/held"), RawClient.GetAsync(port, "/queued/held")];
        await upstream.WaitForRequestAsync("/tight/held");
        await upstream.WaitForRequestAsync("/queued/held");
        Assert.Equal(502, (await RawClient.GetAsync(port, "/tight/busy")).Status);
        var waiting = RawClient.GetAsync(port, "/queued/waits");
        await gateway.ScrapeWhenAsync(m => m.Sum("balancer_upstream_queue_length", "upstream=queued") == 1);
        Assert.Equal(502, (await RawClient.GetAsync(port, "/queued/full")).Status);

        var during = await gateway.ScrapeWhenAsync(m => m.Sum("balancer_http_requests_total") == 2 && m.Sum("balancer_downstream_connections_active") == 3);
        Assert.Equal(3, during.Sum("balancer_http_requests_in_flight"));
        Assert.Equal(5, during.Sum("balancer_downstream_connections_accepted_total"));
        Assert.Equal(1, during.Sum("balancer_upstream_connections_active", "upstream=tight"));
        Assert.Equal(1, during.Sum("balancer_upstream_connections_active", "upstream=queued"));
        Assert.Equal(1, during.Sum("balancer_upstream_pick_failures_total", "upstream=tight", "reason=all_busy"));
        Assert.Equal(1, during.Sum("balancer_upstream_pick_failures_total", "upstream=queued", "reason=queue_full"));

        go.SetResult();
        Assert.All(await Task.WhenAll([.. held, waiting]), r => Assert.Equal(200, r.Status));
        var after = await gateway.ScrapeWhenAsync(m => m.Sum("balancer_http_requests_total") == 5 && m.Sum("balancer_downstream_connections_active") == 0);
        Assert.Equal(0, after.Sum("balancer_http_requests_in_flight"));
        Assert.Equal(0, after.Sum("balancer_upstream_queue_length"));
        Assert.Equal(0, after.Sum("balancer_upstream_connections_active"));
        Assert.Equal(2, after.Sum("balancer_upstream_connections_idle"));
    }

    [Fact]
    public async Task Wait_that_runs_out_is_counted_by_its_reason()
    {
        await using var upstream = TestUpstream.Start();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.On("/held", async x =>
        {
            await go.Task;
            await x.RespondAsync(200, "at last");
        });
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(MetricsToml.Site(
            port, $"[upstream.queued]\nserver = \"{upstream.Address} max_conns=1\"\nqueue = \"1 timeout=50ms\"\n", MetricsToml.Pass("/", "queued")));
        var held = RawClient.GetAsync(port, "/held");
        await upstream.WaitForRequestAsync("/held");

        Assert.Equal(502, (await RawClient.GetAsync(port, "/waits")).Status);

        var metrics = await gateway.ScrapeWhenAsync(m => m.Sum("balancer_http_requests_total") == 1);
        Assert.Equal(1, metrics.Sum("balancer_upstream_pick_failures_total", "upstream=queued", "reason=queue_timeout"));
        Assert.Equal(1, metrics.Sum("balancer_http_request_errors_total", "reason=gateway_queue_timeout"));
        go.SetResult();
        Assert.Equal(200, (await held).Status);
    }
}
