using Balancer.Configuration;
using Balancer.Infrastructure;
using Balancer.Observability.Metrics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Upstreams;

public sealed class UpstreamMetricsTests
{
    [Fact]
    public async Task Servers_are_shown_by_the_names_of_the_configuration()
    {
        var config = TestPool.Config(TestPool.Server(weight: 3), TestPool.Server(down: true));
        var errors = new List<ConfigError>();
        var services = new UpstreamServices(new CoarseClock(new FakeTimeProvider()), NullLoggerFactory.Instance);
        var pools = await UpstreamRegistry.BuildAsync([config with { Servers = [.. config.Servers.Select(server => server with { Host = "10.0.0.1" })] }], null, services, errors, CancellationToken.None);
        Assert.Empty(errors);
        pools.Activate();

        var state = pools.All[0].Servers.All[0].State;
        state.Metrics.CountRequest(200);
        state.Metrics.CountRequest(0);
        state.Metrics.CountFailure(Http.ProxyError.UpstreamReset);
        state.Metrics.ResponseTime.Record(0);
        state.Metrics.BytesSent.Add(10);
        state.Metrics.BytesReceived.Add(20);
        state.Metrics.Retries.Increment();
        state.Connections.OnOpened();
        pools.All[0].State.NoLiveServer.Increment();

        var registry = new MetricsRegistry();
        registry.Add(new UpstreamMetrics(() => pools.All));
        var values = registry.Collect()
            .SelectMany(family => family.Samples.Select(sample => ($"{family.Family.SampleName}{{{string.Join(',', sample.LabelValues)}}}", sample.Value)))
            .ToDictionary();
        Assert.Equal(1, values["balancer_upstream_requests_total{pool,10.0.0.1:80,2xx}"]);
        Assert.Equal(1, values["balancer_upstream_requests_total{pool,10.0.0.1:80,none}"]);
        Assert.Equal(1, values["balancer_upstream_failures_total{pool,10.0.0.1:80,reset}"]);
        Assert.Equal(0, values["balancer_upstream_failures_total{pool,10.0.0.1:80,connect_timeout}"]);
        Assert.Equal(10, values["balancer_upstream_sent_bytes_total{pool,10.0.0.1:80}"]);
        Assert.Equal(20, values["balancer_upstream_received_bytes_total{pool,10.0.0.1:80}"]);
        Assert.Equal(1, values["balancer_upstream_retries_total{pool,10.0.0.1:80}"]);
        Assert.Equal(1, values["balancer_upstream_connections_active{pool,10.0.0.1:80}"]);
        Assert.Equal(0, values["balancer_upstream_connections_idle{pool,10.0.0.1:80}"]);
        Assert.Equal(1, values["balancer_upstream_server_up{pool,10.0.0.1:80}"]);
        Assert.Equal(0, values["balancer_upstream_server_up{pool,10.0.0.2:80}"]);
        Assert.Equal(3, values["balancer_upstream_server_weight{pool,10.0.0.1:80}"]);
        Assert.Equal(1, values["balancer_upstream_pick_failures_total{pool,no_live_server}"]);
        Assert.Equal(0, values["balancer_upstream_queue_length{pool}"]);
        pools.Retire();
    }
}
