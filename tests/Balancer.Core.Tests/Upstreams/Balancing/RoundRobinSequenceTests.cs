using Balancer.Configuration;
using static Balancer.Upstreams.TestPool;

namespace Balancer.Upstreams.Balancing;

public class RoundRobinSequenceTests
{
    [Fact]
    public void Weights_5_1_1_interleave_as_nginx_does() =>
        Assert.Equal([0, 0, 1, 0, 2, 0, 0, 0, 0, 1, 0, 2, 0, 0], new TestPool(5, 1, 1).Serve(14));

    [Fact]
    public void Equal_weights_take_turns() =>
        Assert.Equal([0, 1, 2, 0, 1, 2, 0], new TestPool(1, 1, 1).Serve(7));

    [Fact]
    public void Admin_pool_splits_exactly()
    {
        var counts = new TestPool(100, 100, 100, 75, 75).Serve(45_000).CountBy(index => index).OrderBy(pair => pair.Key).Select(pair => pair.Value);
        Assert.Equal([10_000, 10_000, 10_000, 7_500, 7_500], counts);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_pools_under_random_failures_pick_as_nginx_does(int seed) => new PickScript(seed, BalancingMethod.RoundRobin).Run();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 60)];
}
