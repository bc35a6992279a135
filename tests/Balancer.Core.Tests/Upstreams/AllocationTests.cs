using System.Net;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.TestSupport;
using static Balancer.Upstreams.TestPool;

namespace Balancer.Upstreams;

public class AllocationTests
{
    public static TheoryData<string, int> Pools
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var method in Methods.Keys)
            {
                foreach (var size in new[] { 1, 5, 100, 1000 })
                {
                    data.Add(method, size);
                }
            }

            return data;
        }
    }

    private static Dictionary<string, BalancingConfig> Methods { get; } = new()
    {
        ["round robin"] = new(),
        ["least_conn"] = new() { Method = BalancingMethod.LeastConnections },
        ["least_time"] = new() { Method = BalancingMethod.LeastTime, LeastTime = LeastTimeMeasure.LastByteInflight },
        ["ip_hash"] = new() { Method = BalancingMethod.IpHash },
        ["hash"] = new() { Method = BalancingMethod.Hash },
        ["hash consistent"] = new() { Method = BalancingMethod.Hash, HashConsistent = true },
        ["random"] = new() { Method = BalancingMethod.Random },
        ["random two"] = new() { Method = BalancingMethod.Random, RandomTwo = true },
    };

    [Theory]
    [MemberData(nameof(Pools))]
    public void Picks_and_releases_allocate_nothing(string method, int size)
    {
        var pool = new TestPool(Config([.. Enumerable.Range(0, size).Select(i => Server(weight: 1 + (i % 3), maxConns: 1000))]) with { Balancing = Methods[method] });
        var context = new PickContext { Client = new ClientAddress(IPAddress.Parse("192.0.2.1"), 1) };
        Assert.Equal(0, Allocated.By(() => Serve(pool, context, 10_000)));
    }

    [Fact]
    public void Pool_with_a_period_too_long_to_keep_allocates_nothing()
    {
        var pool = new TestPool(65_521, 65_519, 32_003);
        var context = new PickContext();
        Assert.Equal(0, Allocated.By(() => Serve(pool, context, 20_000)));
    }

    private static void Serve(TestPool pool, PickContext context, int requests)
    {
        Span<byte> key = stackalloc byte[4];
        for (var i = 0; i < requests; i++)
        {
            BitConverter.TryWriteBytes(key, i);
            pool.Upstream.Begin(context, 0);
            context.SetKey(key);
            var server = pool.Upstream.Pick(context)!;
            server.State.Metrics.CountRequest(200);
            server.State.Metrics.ResponseTime.Record(i);
            pool.Upstream.Release(server, context, PickOutcome.Success, new PickTiming(i, i));
        }
    }
}
