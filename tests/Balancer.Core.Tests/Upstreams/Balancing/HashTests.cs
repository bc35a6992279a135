using System.Net;
using System.Text;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Infrastructure;
using static Balancer.Upstreams.TestPool;

namespace Balancer.Upstreams.Balancing;

public class HashTests
{
    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xCBF43926u)]
    public void Crc32_is_that_of_zlib(string text, uint expected) => Assert.Equal(expected, Crc32.Compute(Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Key_always_goes_to_its_server(bool consistent)
    {
        var pool = Pool(consistent, Server(), Server(), Server());
        var servers = Enumerable.Range(0, 50).Select(i => Serve(pool, $"key{i}")).ToArray();
        Assert.Equal(servers, Enumerable.Range(0, 50).Select(i => Serve(pool, $"key{i}")));
        Assert.Equal(3, servers.Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Empty_key_goes_by_round_robin(bool consistent)
    {
        var pool = Pool(consistent, Server(), Server());
        Assert.Equal([0, 1, 0, 1], [.. Enumerable.Range(0, 4).Select(_ => Serve(pool, ""))]);
    }

    [Fact]
    public void Consistent_hash_moves_few_keys_when_a_server_is_added()
    {
        var three = Pool(true, Server(), Server(), Server());
        var four = Pool(true, Server(), Server(), Server(), Server());
        var moved = Enumerable.Range(0, 2000).Count(i => Serve(three, $"key{i}") != Serve(four, $"key{i}"));
        Assert.InRange(moved, 350, 650);
        Assert.All(
            Enumerable.Range(0, 2000).Where(i => Serve(three, $"key{i}") != Serve(four, $"key{i}")),
            i => Assert.Equal(3, Serve(four, $"key{i}")));
    }

    [Fact]
    public void Addresses_of_one_name_share_its_points_and_take_turns()
    {
        var line = Server() with { Address = "app:80" };
        var pool = Pool(true, line, line, Server());
        var key = Enumerable.Range(0, 100).Select(i => $"key{i}").First(key => Serve(pool, key) < 2);
        var first = Serve(pool, key);
        Assert.Equal([1 - first, first, 1 - first], [Serve(pool, key), Serve(pool, key), Serve(pool, key)]);
    }

    [Fact]
    public void Clients_of_one_24_network_share_a_server_and_those_on_unix_sockets_too()
    {
        var pool = new TestPool(Config(Server(), Server(), Server()) with { Balancing = new BalancingConfig { Method = BalancingMethod.IpHash } });
        Assert.Single(Enumerable.Range(0, 256).Select(i => Serve(pool, new ClientAddress(IPAddress.Parse($"192.0.2.{i}"), 1))).Distinct());
        Assert.Single(Enumerable.Range(0, 5).Select(_ => Serve(pool, ClientAddress.Unix)).Distinct());
        Assert.Equal(3, Enumerable.Range(0, 50).Select(i => Serve(pool, new ClientAddress(IPAddress.Parse($"192.0.{i}.1"), 1))).Distinct().Count());
    }

    [Fact]
    public void Server_that_is_full_or_ejected_is_passed_over_and_keeps_its_keys()
    {
        var pool = Pool(false, Server(maxConns: 1), Server(maxConns: 1), Server(maxConns: 1));
        var home = Serve(pool, "key");
        var context = Begin(pool, "key");
        var server = pool.Upstream.Pick(context)!;
        Assert.Equal(home, pool.IndexOf(server));
        Assert.NotEqual(home, Serve(pool, "key"));
        pool.Upstream.Release(server, context, PickOutcome.Success, PickTiming.None);
        Assert.Equal(home, Serve(pool, "key"));
    }

    private static TestPool Pool(bool consistent, params UpstreamServerConfig[] servers) =>
        new(Config(servers) with { Balancing = new BalancingConfig { Method = BalancingMethod.Hash, HashConsistent = consistent } });

    private static PickContext Begin(TestPool pool, string key)
    {
        var context = pool.Begin();
        context.SetKey(Encoding.ASCII.GetBytes(key));
        return context;
    }

    private static int Serve(TestPool pool, string key) => Serve(pool, Begin(pool, key));

    private static int Serve(TestPool pool, ClientAddress client)
    {
        var context = pool.Begin();
        context.Client = client;
        return Serve(pool, context);
    }

    private static int Serve(TestPool pool, PickContext context)
    {
        var server = pool.Upstream.Pick(context)!;
        pool.Upstream.Release(server, context, PickOutcome.Success, PickTiming.None);
        return pool.IndexOf(server);
    }
}
