using Balancer.Configuration;
using Balancer.TestSupport;
using static Balancer.Upstreams.TestPool;

namespace Balancer.Upstreams.Health;

public class PassiveHealthTests
{
    [Fact]
    public void Server_is_ejected_after_max_fails_and_back_after_a_probe()
    {
        using var log = new LogCapture();
        var pool = new TestPool(Config(Server(maxFails: 2, failTimeout: 5000), Server()), log);
        Assert.Equal([0, 1], pool.Serve(2));
        Fail(pool, 0);
        Assert.False(pool[0].IsEjected);
        Fail(pool, 0);
        Assert.True(pool[0].IsEjected);
        Assert.All(pool.Serve(20), index => Assert.Equal(1, index));

        pool.Advance(5000);
        Assert.All(pool.Serve(20), index => Assert.Equal(1, index));
        pool.Advance(1);
        Assert.Contains(0, pool.Serve(2));
        Assert.False(pool[0].IsEjected);
        Assert.Equal(
            [
                "UpstreamServerEjected: upstream server temporarily disabled: 10.0.0.1:80 of upstream pool after 2 failures, next probe in 5 s",
                "UpstreamServerBack: upstream server back: 10.0.0.1:80 of upstream pool",
            ],
            log.Lines);
        Assert.Equal(1, pool[0].State.Metrics.Ejections.Value);
    }

    [Fact]
    public void Ejected_server_gets_one_probe_per_fail_timeout()
    {
        using var log = new LogCapture();
        var pool = new TestPool(Config(Server(failTimeout: 1000), Server(maxFails: 0)), log);
        Fail(pool, 0);
        var probes = 0;
        for (var millisecond = 0; millisecond < 10_010; millisecond += 10)
        {
            pool.Advance(10);
            var context = pool.Begin();
            var server = pool.Upstream.Pick(context)!;
            probes += pool.IndexOf(server) == 0 ? 1 : 0;
            pool.Upstream.Release(server, context, pool.IndexOf(server) == 0 ? PickOutcome.Failed : PickOutcome.Success, PickTiming.None);
        }

        Assert.Equal(9, probes);
        Assert.Equal(9, log.Lines.Count(line => line.StartsWith("UpstreamServerProbeFailed", StringComparison.Ordinal)));
    }

    [Fact]
    public void Requests_that_fail_after_the_ejection_they_saw_coming_are_no_probes()
    {
        using var log = new LogCapture();
        var pool = new TestPool(Config(Server(failTimeout: 1000), Server(backup: true)), log);
        var running = Enumerable.Range(0, 5).Select(_ => pool.Begin()).ToList();
        running.ForEach(context => Assert.Equal(0, pool.IndexOf(pool.Upstream.Pick(context))));
        running.ForEach(context => pool.Upstream.Release(pool[0], context, PickOutcome.Failed, PickTiming.None));
        pool.Advance(1001);
        Assert.Equal(0, pool.Serve(PickOutcome.Failed));

        Assert.Equal(["UpstreamServerEjected", "UpstreamServerProbeFailed"], log.Lines.Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]));
    }

    [Fact]
    public void Failures_less_than_fail_timeout_apart_add_up_however_old_the_first_is()
    {
        var pool = new TestPool(Config(Server(maxFails: 3, failTimeout: 8000), Server()));
        for (var failure = 0; failure < 3; failure++)
        {
            Fail(pool, 0);
            pool.Serve(4);
            pool.Advance(5000);
        }

        Assert.True(pool[0].IsEjected);
    }

    [Fact]
    public void Success_after_fail_timeout_forgets_failures()
    {
        var pool = new TestPool(Config(Server(maxFails: 3, failTimeout: 8000), Server()));
        Fail(pool, 0);
        Fail(pool, 0);
        pool.Serve(4);
        Assert.Equal(2, pool[0].State.Fails);
        pool.Advance(8001);
        pool.Serve(4);
        Assert.Equal(0, pool[0].State.Fails);
    }

    [Fact]
    public void Probe_that_nobody_is_to_blame_for_changes_nothing()
    {
        var pool = new TestPool(Config(Server(failTimeout: 1000), Server()));
        Fail(pool, 0);
        pool.Advance(1001);
        for (var picks = 0; ; picks++)
        {
            var context = pool.Begin();
            var server = pool.Upstream.Pick(context)!;
            var isProbe = pool.IndexOf(server) == 0;
            pool.Upstream.Release(server, context, isProbe ? PickOutcome.NoFault : PickOutcome.Success, PickTiming.None);
            if (isProbe)
            {
                Assert.Equal(2, context.TriesLeft);
                break;
            }

            Assert.InRange(picks, 0, 5);
        }

        Assert.True(pool[0].IsEjected);
        Assert.All(pool.Serve(10), index => Assert.Equal(1, index));
    }

    [Fact]
    public void Only_server_of_a_pool_is_never_ejected_and_never_tried_again()
    {
        var pool = new TestPool(Config(Server(maxFails: 1)));
        for (var i = 0; i < 5; i++)
        {
            var context = pool.Begin();
            var server = pool.Upstream.Pick(context)!;
            pool.Upstream.Release(server, context, PickOutcome.Failed, PickTiming.None);
            Assert.Equal(0, context.TriesLeft);
            Assert.False(server.IsEjected);
        }
    }

    [Fact]
    public void Tries_are_the_servers_that_are_not_down_or_fewer()
    {
        var pool = new TestPool(Config(Server(), Server(down: true), Server(), Server(backup: true)));
        Assert.Equal(3, pool.Begin().TriesLeft);
        Assert.Equal(2, pool.Begin(2).TriesLeft);
        Assert.Equal(3, pool.Begin(7).TriesLeft);
    }

    [Fact]
    public void Failed_server_gets_less_until_its_weight_has_grown_back()
    {
        var pool = new TestPool(Config(Server(6, maxFails: 3), Server(6)));
        var failing = Enumerable.Range(0, 4).Select(_ => pool.Begin()).Select(context => (Context: context, Server: pool.Upstream.Pick(context)!)).ToList();
        foreach (var (context, server) in failing.Where(request => pool.IndexOf(request.Server) == 0))
        {
            pool.Upstream.Release(server, context, PickOutcome.Failed, PickTiming.None);
        }

        Assert.Equal(2, pool.Upstream.Servers.Primary.Weights.Effective(0));
        pool.Serve(4);
        Assert.Equal(6, pool.Upstream.Servers.Primary.Weights.Effective(0));
    }

    [Fact]
    public void Slow_start_raises_the_share_from_nothing_to_the_weight()
    {
        var pool = new TestPool(Config(Server(failTimeout: 1000, slowStart: 10_000), Server()));
        Fail(pool, 0);
        pool.Advance(1001);
        while (pool.Serve() != 0)
        {
            Assert.InRange(pool.Clock.Milliseconds, 0, 2000);
        }

        var shares = new List<int>();
        for (var second = 0; second < 11; second++)
        {
            shares.Add(pool.Serve(1000).Count(index => index == 0));
            pool.Advance(1000);
        }

        Assert.InRange(shares[0], 0, 1);
        Assert.Equal(shares.Order(), shares);
        Assert.InRange(shares[5], 300, 370);
        Assert.Equal(500, shares[10]);
    }

    [Fact]
    public void Slow_start_keeps_the_share_of_least_conn_small_too()
    {
        var pool = new TestPool(Config(Server(failTimeout: 1000, slowStart: 10_000), Server()) with { Balancing = new BalancingConfig { Method = BalancingMethod.LeastConnections } });
        Fail(pool, 0);
        pool.Advance(1001);
        while (pool.Serve() != 0)
        {
            Assert.InRange(pool.Clock.Milliseconds, 0, 2000);
        }

        pool.Advance(2000);
        var running = Enumerable.Range(0, 120).Select(_ => pool.IndexOf(pool.Upstream.Pick(pool.Begin()))).ToArray();
        Assert.Equal(20, running.Count(index => index == 0));
    }

    private static void Fail(TestPool pool, int index)
    {
        while (true)
        {
            var context = pool.Begin();
            var server = pool.Upstream.Pick(context)!;
            var wanted = pool.IndexOf(server) == index;
            pool.Upstream.Release(server, context, wanted ? PickOutcome.Failed : PickOutcome.Success, PickTiming.None);
            if (wanted)
            {
                return;
            }
        }
    }
}
