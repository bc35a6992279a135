using Balancer.Configuration;
using static Balancer.Upstreams.TestPool;

namespace Balancer.Upstreams;

public class UpstreamQueueTests
{
    private readonly TestPool _pool = new(Config(Server(maxConns: 1), Server(maxConns: 1)) with { Queue = new QueueConfig(2, TimeSpan.FromSeconds(60)) });

    [Fact]
    public async Task Freed_server_goes_to_the_first_who_waits()
    {
        var (server, context) = Fill()[0];
        var first = _pool.Begin();
        var second = _pool.Begin();
        var waitOfFirst = Wait(first);
        var waitOfSecond = Wait(second);
        Assert.Equal(2, _pool.Upstream.State.Queue.Count);

        _pool.Upstream.Release(server, context, PickOutcome.Success, PickTiming.None);
        Assert.Same(server, await waitOfFirst);
        Assert.False(waitOfSecond.IsCompleted);
        Assert.Equal(PickFailure.None, first.Failure);

        _pool.Upstream.Release(server, first, PickOutcome.Success, PickTiming.None);
        Assert.Same(server, await waitOfSecond);
        Assert.Equal(0, _pool.Upstream.State.Queue.Count);
    }

    [Fact]
    public void Request_that_comes_while_others_wait_does_not_overtake_them()
    {
        var (server, context) = Fill()[0];
        _ = Wait(_pool.Begin());
        _pool.Upstream.Release(server, context, PickOutcome.Success, PickTiming.None);
        _ = Wait(_pool.Begin());
        var late = _pool.Begin();
        Assert.Null(_pool.Upstream.Pick(late));
        Assert.Equal(PickFailure.AllBusy, late.Failure);
    }

    [Fact]
    public async Task Full_queue_takes_nobody()
    {
        Fill();
        _ = Wait(_pool.Begin());
        _ = Wait(_pool.Begin());
        var late = _pool.Begin();
        Assert.Null(await Wait(late));
        Assert.Equal(PickFailure.QueueFull, late.Failure);
        Assert.Equal(1, _pool.Upstream.State.Queue.Overflows.Value);
    }

    [Fact]
    public async Task Interrupted_wait_leaves_its_place()
    {
        var (server, context) = Fill()[1];
        var gone = _pool.Begin();
        var stays = _pool.Begin();
        var waitOfGone = Wait(gone);
        var waitOfStays = Wait(stays);
        gone.Wait.Interrupt();
        gone.Wait.Interrupt();
        Assert.Null(await waitOfGone);
        Assert.Equal(PickFailure.Interrupted, gone.Failure);
        Assert.Equal(1, _pool.Upstream.State.Queue.Count);

        _pool.Upstream.Release(server, context, PickOutcome.Success, PickTiming.None);
        Assert.Same(server, await waitOfStays);
    }

    [Fact]
    public async Task Context_waits_again_after_a_wait()
    {
        var (server, context) = Fill()[0];
        var waiting = _pool.Begin();
        var wait = Wait(waiting);
        waiting.Wait.Interrupt();
        Assert.Null(await wait);
        _pool.Upstream.Begin(waiting, 0);
        wait = Wait(waiting);
        _pool.Upstream.Release(server, context, PickOutcome.Success, PickTiming.None);
        Assert.Same(server, await wait);
    }

    [Fact]
    public async Task Retry_that_tried_the_freed_server_lets_the_next_go_first()
    {
        var running = Fill();
        var retrying = _pool.Begin();
        var other = running[0];
        _pool.Upstream.Release(other.Server, other.Context, PickOutcome.Success, PickTiming.None);
        Assert.Same(other.Server, _pool.Upstream.Pick(retrying));
        _pool.Upstream.Release(other.Server, retrying, PickOutcome.NoFault, PickTiming.None);
        Assert.Null(_pool.Upstream.Pick(retrying));
        var waitOfRetrying = Wait(retrying);
        var waitOfNext = Wait(_pool.Begin());

        Assert.False(waitOfRetrying.IsCompleted);
        Assert.False(waitOfNext.IsCompleted);
        _pool.Upstream.Release(running[1].Server, running[1].Context, PickOutcome.Success, PickTiming.None);
        Assert.Same(running[1].Server, await waitOfRetrying);
        Assert.Same(other.Server, await waitOfNext);
    }

    [Fact]
    public async Task Server_freed_between_pick_and_wait_is_taken_at_once()
    {
        var (server, context) = Fill()[0];
        var late = _pool.Begin();
        Assert.Null(_pool.Upstream.Pick(late));
        _pool.Upstream.Release(server, context, PickOutcome.Success, PickTiming.None);
        Assert.Same(server, await _pool.Upstream.WaitAsync(late));
    }

    [Fact]
    public void Server_that_got_room_right_after_the_pick_was_busy_all_the_same()
    {
        var late = _pool.Begin();
        var running = Fill();
        Assert.Null(_pool.Upstream.Pick(late));
        foreach (var (server, context) in running)
        {
            _pool.Upstream.Release(server, context, PickOutcome.Success, PickTiming.None);
        }

        // What a thread sees that was interrupted between the pick and the question why it failed.
        Assert.True(_pool.Upstream.Servers.Primary.AnyBusy(late, 0));
    }

    [Fact]
    public async Task Nobody_alive_is_no_reason_to_wait()
    {
        var pool = new TestPool(Config(Server(down: true), Server(down: true)) with { Queue = new QueueConfig(2, TimeSpan.FromSeconds(60)) });
        var context = pool.Begin();
        Assert.Null(await pool.Upstream.WaitAsync(context));
        Assert.Equal(PickFailure.NoLiveServer, context.Failure);
    }

    [Fact]
    public async Task Everyone_is_served_once_under_contention()
    {
        var pool = new TestPool(Config(Server(maxConns: 2), Server(maxConns: 1)) with { Queue = new QueueConfig(1000, TimeSpan.FromSeconds(60)) });
        var served = 0;
        var running = 0;
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            var context = new PickContext();
            for (var i = 0; i < 2000; i++)
            {
                pool.Upstream.Begin(context, 0);
                var server = pool.Upstream.Pick(context) ?? await pool.Upstream.WaitAsync(context);
                Assert.NotNull(server);
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                Interlocked.Increment(ref served);
                Interlocked.Decrement(ref running);
                pool.Upstream.Release(server, context, PickOutcome.Success, PickTiming.None);
            }
        })));
        Assert.Equal(32_000, served);
        Assert.InRange(most, 1, 3);
        Assert.Equal(0, pool.Upstream.State.Queue.Count);
        Assert.All(pool.Upstream.Servers.All, server => Assert.Equal(0, server.State.Conns));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (seen < value)
        {
            seen = Interlocked.CompareExchange(ref target, value, seen) is var before && before == seen ? value : before;
        }
    }

    private List<(UpstreamServer Server, PickContext Context)> Fill() => [.. Enumerable.Range(0, 2).Select(_ =>
    {
        var context = _pool.Begin();
        return (_pool.Upstream.Pick(context)!, context);
    })];

    private Task<UpstreamServer?> Wait(PickContext context) => _pool.Upstream.WaitAsync(context).AsTask();
}
