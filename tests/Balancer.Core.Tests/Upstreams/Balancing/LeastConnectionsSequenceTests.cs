using Balancer.Configuration;
using static Balancer.Upstreams.TestPool;

namespace Balancer.Upstreams.Balancing;

public class LeastConnectionsSequenceTests
{
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_pools_under_random_failures_pick_as_nginx_does(int seed) => new PickScript(seed, BalancingMethod.LeastConnections).Run();

    [Fact]
    public void Idle_pool_takes_turns_by_weight()
    {
        var pool = new TestPool(Pool(Server(weight: 3), Server(weight: 1)));
        Assert.Equal([0, 0, 1, 0, 0, 0, 1, 0], pool.Serve(8));
    }

    [Fact]
    public void Slow_server_gets_its_small_share()
    {
        var pool = new TestPool(Pool([.. Enumerable.Repeat(Server(), 5)]));
        var running = new Queue<(UpstreamServer Server, PickContext Context, int Ends)>();
        var counts = new int[5];
        for (var tick = 0; tick < 10_000; tick++)
        {
            for (var waiting = running.Count; waiting > 0; waiting--)
            {
                var request = running.Dequeue();
                if (request.Ends > tick)
                {
                    running.Enqueue(request);
                    continue;
                }

                pool.Upstream.Release(request.Server, request.Context, PickOutcome.Success, PickTiming.None);
            }

            var context = pool.Begin();
            var server = pool.Upstream.Pick(context)!;
            counts[pool.IndexOf(server)]++;
            running.Enqueue((server, context, tick + (pool.IndexOf(server) == 0 ? 40 : 2)));
        }

        Assert.InRange(counts[0], 1, 400);
        Assert.All(counts[1..], count => Assert.InRange(count, 2300, 2600));
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1000, 60)];

    private static UpstreamConfig Pool(params UpstreamServerConfig[] servers) =>
        Config(servers) with { Balancing = new BalancingConfig { Method = BalancingMethod.LeastConnections } };
}
