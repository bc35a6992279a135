using System.Text;
using Balancer.Configuration;

namespace Balancer.Upstreams;

public sealed class StickySessionsTests
{
    private static readonly StickyConfig s_sticky = new() { Name = "srv" };

    private static TestPool Pool(BalancingConfig? balancing = null, params UpstreamServerConfig[] servers) =>
        new(TestPool.Config(servers) with { Sticky = s_sticky, Balancing = balancing ?? new BalancingConfig() });

    private static UpstreamServer? Pick(TestPool pool, ReadOnlySpan<byte> session)
    {
        var context = pool.Begin();
        context.SetSession(session);
        return pool.Upstream.Pick(context);
    }

    [Theory]
    [InlineData(BalancingMethod.RoundRobin)]
    [InlineData(BalancingMethod.LeastConnections)]
    [InlineData(BalancingMethod.Random)]
    [InlineData(BalancingMethod.LeastTime)]
    public void Session_keeps_to_its_server_whatever_the_method(BalancingMethod method)
    {
        var pool = Pool(new BalancingConfig { Method = method }, TestPool.Server(), TestPool.Server(5), TestPool.Server());
        foreach (var server in pool.Upstream.Servers.All)
        {
            for (var i = 0; i < 10; i++)
            {
                Assert.Same(server, Pick(pool, server.SessionToken));
            }

            Assert.Equal(10, server.State.Conns);
        }
    }

    [Fact]
    public void Bound_requests_count_as_load_for_the_others()
    {
        var pool = Pool(new BalancingConfig { Method = BalancingMethod.LeastConnections }, TestPool.Server(), TestPool.Server());
        for (var i = 0; i < 5; i++)
        {
            Assert.Same(pool[0], Pick(pool, pool[0].SessionToken));
        }

        for (var i = 0; i < 5; i++)
        {
            Assert.Same(pool[1], Pick(pool, default));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData("10.0.0.1:80")]
    [InlineData("\u00e9")]
    public void Unknown_session_is_balanced(string session)
    {
        var pool = Pool(null, TestPool.Server(), TestPool.Server());
        var bytes = Encoding.Latin1.GetBytes(session);

        Assert.Equal([0, 1, 0, 1], Enumerable.Range(0, 4).Select(_ => pool.IndexOf(Pick(pool, bytes))));
        Assert.NotNull(Pick(pool, Encoding.ASCII.GetBytes(new string('a', 5000))));
    }

    [Fact]
    public void Session_of_a_server_that_is_down_ejected_or_full_is_balanced()
    {
        var pool = Pool(null, TestPool.Server(down: true), TestPool.Server(maxConns: 1), TestPool.Server(), TestPool.Server());
        Assert.Same(pool[1], Pick(pool, pool[1].SessionToken));
        Assert.NotSame(pool[1], Pick(pool, pool[1].SessionToken));
        Assert.NotSame(pool[0], Pick(pool, pool[0].SessionToken));
        var context = pool.Begin();
        context.SetSession(pool[2].SessionToken);
        var failing = pool.Upstream.Pick(context)!;
        Assert.Same(pool[2], failing);
        pool.Upstream.Release(failing, context, PickOutcome.Failed, default);

        // The next try of the same request, and the next request.
        Assert.NotSame(pool[2], pool.Upstream.Pick(context));
        Assert.NotSame(pool[2], Pick(pool, pool[2].SessionToken));

        // The session probes it, as any request would.
        pool.Advance(10_001);
        Assert.Same(pool[2], Pick(pool, pool[2].SessionToken));
    }

    [Fact]
    public void Draining_server_gets_its_sessions_only()
    {
        var pool = Pool(null, TestPool.Server() with { Drain = true }, TestPool.Server(), TestPool.Server());

        Assert.DoesNotContain(0, Enumerable.Range(0, 20).Select(_ => pool.IndexOf(Pick(pool, default))));
        Assert.Same(pool[0], Pick(pool, pool[0].SessionToken));
        Assert.True(pool.Upstream.IsAvailable);
    }

    [Fact]
    public void Draining_server_alone_is_no_server()
    {
        var pool = Pool(null, TestPool.Server() with { Drain = true });

        Assert.Null(Pick(pool, default));
        Assert.Same(pool[0], Pick(pool, pool[0].SessionToken));
        Assert.False(pool.Upstream.IsAvailable);
    }

    [Fact]
    public void Session_on_a_backup_server_lasts_while_the_primaries_are_out()
    {
        var pool = Pool(null, TestPool.Server(), TestPool.Server(backup: true), TestPool.Server(backup: true));
        var session = pool[2].SessionToken;
        Assert.Same(pool[0], Pick(pool, session));
        var context = pool.Begin();
        pool.Upstream.Release(pool.Upstream.Pick(context)!, context, PickOutcome.Failed, default);

        Assert.Same(pool[2], Pick(pool, session));
        Assert.Same(pool[2], Pick(pool, session));
    }

    [Fact]
    public void Token_is_the_route_or_shows_nothing_of_the_address()
    {
        var named = StickySessions.TokenOf("pool", "10.0.0.1:80", "a");
        var hashed = Encoding.ASCII.GetString(StickySessions.TokenOf("pool", "10.0.0.1:80", null));

        Assert.Equal("a"u8, named);
        Assert.Matches("^[0-9a-f]{32}$", hashed);
        Assert.Equal(hashed, Encoding.ASCII.GetString(StickySessions.TokenOf("pool", "10.0.0.1:80", null)));
        Assert.NotEqual(hashed, Encoding.ASCII.GetString(StickySessions.TokenOf("other", "10.0.0.1:80", null)));
        Assert.NotEqual(hashed, Encoding.ASCII.GetString(StickySessions.TokenOf("pool", "10.0.0.2:80", null)));
    }

    [Fact]
    public void Every_token_is_found_again()
    {
        var random = new Random(7);
        for (var round = 0; round < 20; round++)
        {
            var pool = Pool(null, [.. Enumerable.Range(0, random.Next(1, 200)).Select(_ => TestPool.Server(random.Next(1, 9)))]);
            foreach (var server in pool.Upstream.Servers.All)
            {
                Assert.Same(server, Pick(pool, server.SessionToken));
            }
        }
    }
}
