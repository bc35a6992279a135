using Balancer.Configuration;
using static Balancer.Upstreams.TestPool;

namespace Balancer.Upstreams.Balancing;

public class RandomTests
{
    [Fact]
    public void Random_goes_by_weight()
    {
        var counts = Pool(two: false, Server(1), Server(3)).Serve(20_000).CountBy(index => index).ToDictionary();
        Assert.InRange(counts[0], 4_500, 5_500);
    }

    [Fact]
    public void Random_two_prefers_the_server_with_fewer_requests()
    {
        var pool = Pool(two: true, Server(), Server());
        var first = pool.IndexOf(pool.Upstream.Pick(pool.Begin()));
        Assert.All(pool.Serve(100), index => Assert.Equal(1 - first, index));
    }

    [Fact]
    public void Only_server_alive_is_found_by_round_robin()
    {
        var pool = Pool(two: true, Server(1), Server(1000, down: true), Server(1000, down: true));
        Assert.All(pool.Serve(50), index => Assert.Equal(0, index));
    }

    [Fact]
    public void Retry_goes_to_another_server()
    {
        var pool = Pool(two: false, [.. Enumerable.Repeat(Server(maxFails: 0), 70)]);
        var context = pool.Begin();
        var tried = new HashSet<int>();
        while (context.TriesLeft > 0)
        {
            var server = pool.Upstream.Pick(context)!;
            Assert.True(tried.Add(pool.IndexOf(server)));
            pool.Upstream.Release(server, context, PickOutcome.Failed, PickTiming.None);
        }

        Assert.Equal(70, tried.Count);
        Assert.Null(pool.Upstream.Pick(context));
        Assert.Equal(PickFailure.NoLiveServer, context.Failure);
    }

    private static TestPool Pool(bool two, params UpstreamServerConfig[] servers) =>
        new(Config(servers) with { Balancing = new BalancingConfig { Method = BalancingMethod.Random, RandomTwo = two } });
}
