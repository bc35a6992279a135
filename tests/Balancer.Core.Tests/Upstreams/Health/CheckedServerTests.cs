using Balancer.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using static Balancer.Upstreams.TestPool;

namespace Balancer.Upstreams.Health;

/// <summary>What an active check does to the servers of a pool.</summary>
public class CheckedServerTests
{
    private const string Failure = "status 500";

    [Fact]
    public void A_server_is_out_after_failures_in_a_row_and_back_after_passes_in_a_row()
    {
        using var log = new LogCapture();
        var pool = new TestPool(Config(Server(), Server()));
        var server = new CheckedServer(pool[0].State, fails: 2, passes: 3);

        Note(Failure);
        Note(null);
        Note(Failure);
        Assert.Contains(0, pool.Serve(2));
        Note(Failure);
        Assert.All(pool.Serve(100), index => Assert.Equal(1, index));

        Note(null);
        Note(null);
        Note(Failure);
        Note(null);
        Note(null);
        Assert.All(pool.Serve(100), index => Assert.Equal(1, index));
        Note(null);
        Assert.Equal(50, pool.Serve(100).Count(index => index == 0));

        Assert.Equal(
            [
                "UpstreamServerUnhealthy: upstream server unhealthy: 10.0.0.1:80 of upstream pool fails its health check: status 500",
                "UpstreamServerHealthy: upstream server healthy: 10.0.0.1:80 of upstream pool has passed its health check",
            ],
            log.Lines);
        Assert.Equal((6L, 4L), (pool[0].State.Metrics.ChecksPassed.Value, pool[0].State.Metrics.ChecksFailed.Value));

        void Note(string? reason) => server.Note(pool.Upstream, pool[0].Address, reason, log);
    }

    [Fact]
    public void What_one_of_two_checks_fails_is_out_until_both_pass()
    {
        var pool = new TestPool(Config(Server(), Server()));
        var first = new CheckedServer(pool[0].State, 1, 1);
        var second = new CheckedServer(pool[0].State, 1, 1);

        Note(first, Failure);
        Note(second, Failure);
        Note(first, null);
        Assert.DoesNotContain(0, pool.Serve(10));
        Note(second, null);
        Assert.Contains(0, pool.Serve(10));

        void Note(CheckedServer check, string? reason) => check.Note(pool.Upstream, "", reason, NullLogger.Instance);
    }

    [Fact]
    public void The_only_server_of_a_pool_is_held_out_too()
    {
        var pool = new TestPool(1);
        var server = new CheckedServer(pool[0].State, 1, 1);

        server.Note(pool.Upstream, "", Failure, NullLogger.Instance);

        var context = pool.Begin();
        Assert.Null(pool.Upstream.Pick(context));
        Assert.Equal(PickFailure.NoLiveServer, context.Failure);
        Assert.False(pool.Upstream.IsAvailable);
        server.Release(pool.Upstream);
        Assert.Equal(0, pool.Serve());
    }

    [Fact]
    public void The_backup_takes_over_while_all_primaries_are_held_out()
    {
        var pool = new TestPool(Config(Server(), Server(backup: true)));
        var server = new CheckedServer(pool[0].State, 1, 1);
        Assert.Equal(0, pool.Serve());

        server.Note(pool.Upstream, "", Failure, NullLogger.Instance);
        Assert.Equal(1, pool.Serve());
        server.Note(pool.Upstream, "", null, NullLogger.Instance);
        Assert.Equal(0, pool.Serve());
    }

    [Fact]
    public void A_server_that_is_back_gets_its_share_along_slow_start()
    {
        var pool = new TestPool(Config(Server(100, slowStart: 10_000), Server(100)));
        var server = new CheckedServer(pool[0].State, 1, 1);
        server.Note(pool.Upstream, "", Failure, NullLogger.Instance);

        server.Note(pool.Upstream, "", null, NullLogger.Instance);
        pool.Advance(1000);
        AssertShare(10d / 110);
        pool.Advance(4000);
        AssertShare(50d / 150);
        pool.Advance(5000);
        AssertShare(0.5);

        void AssertShare(double share)
        {
            var served = pool.Serve(1000).Count(index => index == 0);
            Assert.InRange(served, (share * 1000) - 15, (share * 1000) + 15);
        }
    }

    [Fact]
    public void A_server_that_has_to_pass_first_gets_its_whole_share_then_and_failures_of_requests_are_forgotten()
    {
        var pool = new TestPool(Config(Server(slowStart: 10_000), Server()));
        var server = new CheckedServer(pool[0].State, 1, 1);
        server.RequirePass(pool.Upstream);
        Assert.DoesNotContain(0, pool.Serve(10));

        server.Note(pool.Upstream, "", null, NullLogger.Instance);
        Assert.Equal(5, pool.Serve(10).Count(index => index == 0));

        pool.Serve(PickOutcome.Failed);
        pool.Serve(PickOutcome.Failed);
        Assert.True(pool[0].IsEjected);
        server.Note(pool.Upstream, "", Failure, NullLogger.Instance);
        server.Note(pool.Upstream, "", null, NullLogger.Instance);
        Assert.False(pool[0].IsEjected);
    }
}
