using System.Collections.Concurrent;
using Balancer.Configuration;
using static Balancer.Upstreams.TestPool;

namespace Balancer.Upstreams;

public class ConcurrencyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Admin_pool_splits_exactly_whatever_the_concurrency(int threads)
    {
        var pool = new TestPool(100, 100, 100, 75, 75);
        var counts = Count(pool, threads, 45_000);
        Assert.Equal([10_000, 10_000, 10_000, 7_500, 7_500], counts);
    }

    [Fact]
    public void Pool_with_a_limit_splits_exactly_while_nobody_is_at_it()
    {
        var pool = new TestPool(Config([.. new[] { 100, 100, 100, 75, 75 }.Select(weight => Server(weight, maxConns: 1000))]));
        Assert.Equal([10_000, 10_000, 10_000, 7_500, 7_500], Count(pool, 8, 45_000));
    }

    [Fact]
    public void Pool_with_a_period_too_long_to_keep_splits_exactly()
    {
        int[] weights = [65_521, 65_519, 32_003];
        var pool = new TestPool(weights);
        Assert.Equal(weights, Count(pool, 8, weights.Sum()));
    }

    [Fact]
    public void Large_pool_splits_exactly()
    {
        var weights = Enumerable.Range(0, 1000).Select(i => 1 + (i % 7)).ToArray();
        Assert.Equal(weights.Select(weight => 5 * weight), Count(new TestPool(weights), 4, 5 * weights.Sum()));
    }

    [Theory]
    [InlineData(BalancingMethod.RoundRobin)]
    [InlineData(BalancingMethod.LeastConnections)]
    [InlineData(BalancingMethod.LeastTime)]
    [InlineData(BalancingMethod.Hash)]
    [InlineData(BalancingMethod.Random)]
    public void Max_conns_is_never_exceeded_and_every_place_is_used(BalancingMethod method)
    {
        const int Limit = 3;
        var pool = new TestPool(Config([.. Enumerable.Repeat(Server(maxConns: Limit), 4)]) with { Balancing = new BalancingConfig { Method = method } });
        var running = new int[4];
        var exceeded = 0;
        Parallel(8, thread =>
        {
            var context = new PickContext();
            var held = new Queue<(UpstreamServer Server, PickContext Context)>();
            for (var i = 0; i < 20_000; i++)
            {
                context = held.Count >= 2 ? Release(held.Dequeue()) : new PickContext();
                pool.Upstream.Begin(context, 0);
                context.SetKey([(byte)i, (byte)thread]);
                if (pool.Upstream.Pick(context) is { } server)
                {
                    if (Interlocked.Increment(ref running[pool.IndexOf(server)]) > Limit)
                    {
                        Interlocked.Increment(ref exceeded);
                    }

                    held.Enqueue((server, context));
                }
            }

            while (held.Count > 0)
            {
                Release(held.Dequeue());
            }
        });

        PickContext Release((UpstreamServer Server, PickContext Context) request)
        {
            Interlocked.Decrement(ref running[pool.IndexOf(request.Server)]);
            pool.Upstream.Release(request.Server, request.Context, PickOutcome.Success, PickTiming.None);
            return request.Context;
        }

        Assert.Equal(0, exceeded);
        Assert.All(pool.Upstream.Servers.All, server => Assert.Equal(0, server.State.Conns));
        var last = Enumerable.Range(0, 4 * Limit).Select(_ => pool.IndexOf(pool.Upstream.Pick(pool.Begin()))).ToArray();
        Assert.All(last.CountBy(index => index), pair => Assert.Equal(Limit, pair.Value));
        var late = pool.Begin();
        Assert.Null(pool.Upstream.Pick(late));
        Assert.Equal(PickFailure.AllBusy, late.Failure);
    }

    [Theory]
    [InlineData(5, 20)]
    [InlineData(5, 3)]
    [InlineData(3, 2000)]
    [InlineData(200, 50)]
    public void No_pick_is_lost_or_made_twice_when_retries_interrupt_the_runs(int servers, int picksPerRetry)
    {
        var weights = Enumerable.Range(0, servers).Select(i => 1 + (i * i % 13)).ToArray();
        var pool = new TestPool(weights);
        var total = weights.Sum();
        var expected = new long[servers];
        Parallel(4, thread =>
        {
            var own = new long[servers];
            var random = new Random(thread);
            var context = new PickContext();
            for (var i = 0; i < 20_000; i++)
            {
                pool.Upstream.Begin(context, 0);
                var first = Step(-1);
                if (random.Next(picksPerRetry) == 0)
                {
                    Step(first);
                }
            }

            lock (expected)
            {
                for (var i = 0; i < servers; i++)
                {
                    expected[i] += own[i];
                }
            }

            // What a step does to the current weights does not depend on the order of the steps.
            int Step(int tried)
            {
                var server = pool.Upstream.Pick(context)!;
                var index = server.State.Slot!.Index;
                pool.Upstream.Release(server, context, PickOutcome.NoFault, PickTiming.None);
                for (var i = 0; i < servers; i++)
                {
                    own[i] += i == tried ? 0 : weights[i];
                }

                own[index] -= total - (tried < 0 ? 0 : weights[tried]);
                return index;
            }
        });

        var group = pool.Upstream.Servers.Primary;
        lock (group.Gate)
        {
            group.RoundRobin.CloseRun();
            Assert.Equal(expected, Enumerable.Range(0, servers).Select(i => (long)group.Weights.Current(i)));
        }
    }

    [Fact]
    public void Failures_from_all_sides_leave_a_pool_that_recovers()
    {
        var pool = new TestPool(Config([.. Enumerable.Range(1, 6).Select(weight => Server(weight, maxFails: 2, failTimeout: 1, maxConns: weight % 2 * 4))]));
        using var stop = new ManualResetEventSlim();
        var clock = new Thread(() =>
        {
            while (!stop.IsSet)
            {
                pool.Advance(1);
                Thread.Yield();
            }
        });
        clock.Start();
        Parallel(4, thread =>
        {
            var random = new Random(thread);
            var context = new PickContext();
            for (var i = 0; i < 30_000; i++)
            {
                pool.Upstream.Begin(context, 0);
                while (context.TriesLeft > 0 && pool.Upstream.Pick(context) is { } server)
                {
                    var failed = random.Next(10) == 0;
                    pool.Upstream.Release(server, context, failed ? PickOutcome.Failed : PickOutcome.Success, PickTiming.None);
                    if (!failed)
                    {
                        break;
                    }
                }
            }
        });
        stop.Set();
        clock.Join();
        for (var i = 0; i < 100; i++)
        {
            pool.Advance(10);
            pool.Serve();
        }

        Assert.All(pool.Upstream.Servers.All, server => Assert.Equal(0, server.State.Fails));
        Assert.All(pool.Upstream.Servers.All, server => Assert.Equal(0, server.State.Conns));
        Assert.Equal(Enumerable.Range(1, 6).Select(weight => 10 * weight), Count(pool, 2, 210));
    }

    [Fact]
    public void Ejected_server_gets_one_probe_from_many_threads()
    {
        foreach (var method in new[] { BalancingMethod.RoundRobin, BalancingMethod.LeastConnections, BalancingMethod.Random })
        {
            var pool = new TestPool(Config(Server(), Server()) with { Balancing = new BalancingConfig { Method = method } });
            while (!pool[0].IsEjected)
            {
                var context = pool.Begin();
                var server = pool.Upstream.Pick(context)!;
                pool.Upstream.Release(server, context, pool.IndexOf(server) == 0 ? PickOutcome.Failed : PickOutcome.Success, PickTiming.None);
            }

            pool.Advance(10_001);
            var probes = new ConcurrentBag<UpstreamServer>();
            Parallel(8, _ =>
            {
                for (var i = 0; i < 200; i++)
                {
                    if (pool.Upstream.Pick(pool.Begin()) is { } server && server == pool[0])
                    {
                        probes.Add(server);
                    }
                }
            });
            Assert.Single(probes);
        }
    }

    private static int[] Count(TestPool pool, int threads, int requests)
    {
        var counts = new int[pool.Upstream.Servers.All.Length];
        var left = requests;
        Parallel(threads, _ =>
        {
            var own = new int[counts.Length];
            var context = new PickContext();
            while (Interlocked.Decrement(ref left) >= 0)
            {
                pool.Upstream.Begin(context, 0);
                var server = pool.Upstream.Pick(context)!;
                own[server.State.Slot!.Index]++;
                pool.Upstream.Release(server, context, PickOutcome.Success, PickTiming.None);
            }

            lock (counts)
            {
                for (var i = 0; i < own.Length; i++)
                {
                    counts[i] += own[i];
                }
            }
        });
        return counts;
    }

    private static void Parallel(int threads, Action<int> body)
    {
        var errors = new ConcurrentQueue<Exception>();
        var all = Enumerable.Range(0, threads).Select(index => new Thread(() =>
        {
            try
            {
                body(index);
            }
            catch (Exception error)
            {
                errors.Enqueue(error);
            }
        })).ToArray();
        Array.ForEach(all, thread => thread.Start());
        Array.ForEach(all, thread => thread.Join());
        Assert.Empty(errors);
    }
}
