using Balancer.Configuration;
using Balancer.Observability.Status;

namespace Balancer.Upstreams;

public sealed class UpstreamStatusReaderTests
{
    [Fact]
    public void Servers_are_up_ejected_or_down_and_the_pool_is_available_while_one_is_up()
    {
        var pool = new TestPool(TestPool.Config(TestPool.Server(maxFails: 1), TestPool.Server(down: true), TestPool.Server(weight: 5, maxConns: 9, backup: true)));
        var context = new PickContext();
        pool.Upstream.Begin(context, 0);
        var server = pool.Upstream.Pick(context)!;
        server.State.Metrics.CountRequest(502);
        server.State.Metrics.CountFailure(Http.ProxyError.UpstreamReset);
        pool.Upstream.Release(server, context, PickOutcome.Failed, default);

        var status = UpstreamStatusReader.Read(pool.Upstream);
        Assert.Equal(("pool", "round_robin", 0, 0, true), (status.Name, status.Method, status.QueueLength, status.IdleConnections, status.IsAvailable));
        Assert.Equal([UpstreamServerCondition.Ejected, UpstreamServerCondition.Down, UpstreamServerCondition.Up], status.Servers.Select(s => s.State));
        Assert.Equal(["1 failures, max_fails=1", "marked down in the configuration", null], status.Servers.Select(s => s.Reason));
        Assert.Equal((1L, 1L, 1), (status.Servers[0].Requests[5], status.Servers[0].Failures, status.Servers[0].Fails));
        Assert.Equal(("10.0.0.3:80", true, 5, 9, 0), (status.Servers[2].Server, status.Servers[2].IsBackup, status.Servers[2].Weight, status.Servers[2].MaxConns, status.Servers[2].Active));
    }

    [Theory]
    [InlineData(BalancingMethod.RoundRobin, "round_robin")]
    [InlineData(BalancingMethod.LeastConnections, "least_conn")]
    [InlineData(BalancingMethod.IpHash, "ip_hash")]
    [InlineData(BalancingMethod.Hash, "hash")]
    [InlineData(BalancingMethod.Random, "random")]
    [InlineData(BalancingMethod.LeastTime, "least_time")]
    public void Method_is_named_as_in_the_configuration(BalancingMethod method, string expected)
    {
        var config = TestPool.Config(TestPool.Server(), TestPool.Server()) with { Balancing = new BalancingConfig { Method = method } };
        Assert.Equal(expected, UpstreamStatusReader.Read(new TestPool(config).Upstream).Method);
    }
}
