using Balancer.Infrastructure;

namespace Balancer.Upstreams.Connections;

public class IdleConnectionsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CoarseClock _clock;
    private readonly IdleConnections _idle;
    private readonly ServerConnections _server = new();
    private readonly ServerConnections _other = new();

    public IdleConnectionsTests()
    {
        _clock = new CoarseClock(_time);
        _idle = new IdleConnections(_clock);
        _idle.Configure(capacity: 3, maxRequests: 10, maxAge: 60_000, idleTimeout: 10_000);
    }

    [Fact]
    public void The_connection_used_last_is_taken_first()
    {
        var (a, b, c) = (Open(), Open(), Open());
        Put(a, b, c);

        Assert.Same(c.Connection, _idle.Take(_server));
        Assert.Same(b.Connection, _idle.Take(_server));
        Put(c);
        Assert.Same(c.Connection, _idle.Take(_server));
        Assert.Same(a.Connection, _idle.Take(_server));
        Assert.Null(_idle.Take(_server));
        Assert.Equal(3, _server.Open);
        Assert.Equal(0, _server.Idle);
    }

    [Fact]
    public void A_server_gets_its_own_connections_only()
    {
        var mine = Open();
        var others = Open(_other);
        Put(mine, others);

        Assert.Same(mine.Connection, _idle.Take(_server));
        Assert.Null(_idle.Take(_server));
        Assert.Same(others.Connection, _idle.Take(_other));
    }

    [Fact]
    public void Beyond_the_capacity_the_one_unused_for_longest_is_closed_whosever_it_is()
    {
        var first = Open(_other);
        Put(first, Open(), Open(), Open());

        Assert.True(first.IsClosed);
        Assert.Equal(3, _idle.Count);
        Assert.Equal(0, _other.Open);
        Assert.Equal(3, _server.Idle);
    }

    [Fact]
    public void Capacity_0_keeps_none()
    {
        _idle.Configure(0, 10, 60_000, 10_000);
        var connection = Open();

        Put(connection);

        Assert.True(connection.IsClosed);
        Assert.Equal(0, _server.Open);
    }

    [Fact]
    public void A_smaller_capacity_closes_the_ones_unused_for_longest()
    {
        var (a, b, c) = (Open(), Open(), Open());
        Put(a, b, c);

        _idle.Configure(1, 10, 60_000, 10_000);

        Assert.True(a.IsClosed && b.IsClosed);
        Assert.Same(c.Connection, _idle.Take(_server));
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(10, false)]
    public void A_connection_that_has_carried_enough_requests_is_not_kept(int requests, bool isKept)
    {
        var connection = Open();
        connection.Connection.Requests = requests;

        Put(connection);

        Assert.Equal(isKept, !connection.IsClosed);
    }

    [Theory]
    [InlineData(59_999, true)]
    [InlineData(60_000, false)]
    public void A_connection_that_is_too_old_is_not_kept(int age, bool isKept)
    {
        var connection = Open();
        Advance(age);

        Put(connection);

        Assert.Equal(isKept, !connection.IsClosed);
    }

    [Theory]
    [InlineData(9_999, true)]
    [InlineData(10_000, false)]
    public void A_connection_idle_for_too_long_is_not_taken(int age, bool isTaken)
    {
        var connection = Open();
        Put(connection);
        Advance(age);

        Assert.Equal(isTaken ? connection.Connection : null, _idle.Take(_server));
        Assert.Equal(isTaken, !connection.IsClosed);
    }

    [Theory]
    [InlineData("bytes")]
    [InlineData("end")]
    [InlineData("error")]
    public async Task A_connection_on_which_anything_happened_is_passed_over(string what)
    {
        var (good, bad) = (Open(), Open());
        Put(good, bad);
        await bad.SayAsync(what);

        Assert.Same(good.Connection, _idle.Take(_server));
        Assert.True(bad.IsClosed);
        Assert.Equal(1, _server.Open);
    }

    [Fact]
    public void A_cancellation_left_over_does_not_cost_the_connection()
    {
        var connection = Open();
        Put(connection);
        connection.Connection.Input.CancelPendingRead();

        Assert.Same(connection.Connection, _idle.Take(_server));
    }

    [Fact]
    public async Task A_sweep_closes_what_is_stale_or_gone_and_nothing_else()
    {
        var stale = Open();
        Put(stale);
        Advance(9_000);
        var (good, gone) = (Open(), Open());
        Put(good, gone);
        await gone.SayAsync("end");
        Advance(1_000);

        _idle.Sweep();

        Assert.True(stale.IsClosed);
        Assert.True(gone.IsClosed);
        Assert.Equal(1, _idle.Count);
        Assert.Same(good.Connection, _idle.Take(_server));
    }

    [Fact]
    public void A_server_that_is_retired_loses_its_connections_now_and_those_that_come_back_later()
    {
        var (idle, busy, others) = (Open(), Open(), Open(_other));
        Put(idle, others);

        _idle.CloseAll(_server);
        Put(busy);

        Assert.True(idle.IsClosed && busy.IsClosed);
        Assert.False(others.IsClosed);
        Assert.Equal(0, _server.Open);
        Assert.Equal(1, _idle.Count);
    }

    [Fact]
    public void Close_all_closes_all()
    {
        var (mine, others) = (Open(), Open(_other));
        Put(mine, others);

        _idle.CloseAll();

        Assert.True(mine.IsClosed && others.IsClosed);
        Assert.Equal(0, _idle.Count);
    }

    /// <summary>Random operations beside a plain list that is asked the same.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_keeps_order_and_counts(int seed)
    {
        var random = new Random(seed);
        var servers = new[] { _server, _other };
        var model = new List<FakeUpstreamConnection>();
        var taken = new List<FakeUpstreamConnection>();
        for (var i = 0; i < 5_000; i++)
        {
            var server = servers[random.Next(2)];
            if (random.Next(2) == 0)
            {
                var expected = model.FindLast(c => c.Connection.Owner == server);
                Assert.Same(expected?.Connection, _idle.Take(server));
                if (expected is not null)
                {
                    model.Remove(expected);
                    taken.Add(expected);
                }
            }
            else
            {
                var connection = taken.Count > 0 && random.Next(2) == 0 ? taken[random.Next(taken.Count)] : Open(server);
                taken.Remove(connection);
                Put(connection);
                model.Add(connection);
                if (model.Count > 3)
                {
                    Assert.True(model[0].IsClosed);
                    model.RemoveAt(0);
                }
            }

            Assert.Equal(model.Count, _idle.Count);
            Assert.All(servers, s => Assert.Equal(model.Count(c => c.Connection.Owner == s), s.Idle));
            Assert.All(servers, s => Assert.Equal(model.Concat(taken).Count(c => c.Connection.Owner == s), s.Open));
            Assert.DoesNotContain(model, c => c.IsClosed);
        }
    }

    private FakeUpstreamConnection Open(ServerConnections? server = null) => new(server ?? _server, _clock.Milliseconds);

    private void Put(params FakeUpstreamConnection[] connections)
    {
        foreach (var connection in connections)
        {
            _idle.Put(connection.Connection);
        }
    }

    private void Advance(int milliseconds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _clock.Refresh();
    }
}
