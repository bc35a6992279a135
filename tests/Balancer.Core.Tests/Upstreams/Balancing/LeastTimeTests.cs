using System.Diagnostics;
using Balancer.Configuration;
using static Balancer.Upstreams.TestPool;

namespace Balancer.Upstreams.Balancing;

public class LeastTimeTests
{
    [Fact]
    public void Faster_server_gets_the_requests()
    {
        var pool = Pool(LeastTimeMeasure.Header, Server(), Server());
        Assert.Equal([0, 1], [Serve(pool, 200), Serve(pool, 100)]);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(1, Serve(pool, 100)));
    }

    [Fact]
    public void Servers_within_20_ms_take_turns_by_weight()
    {
        var pool = Pool(LeastTimeMeasure.Header, Server(2), Server(2), Server(2));
        int[] times = [40, 45, 59];
        for (var unmeasured = 0; unmeasured < 9; unmeasured++)
        {
            Serve(pool, times);
        }

        var counts = Enumerable.Range(0, 30).Select(_ => Serve(pool, times)).CountBy(index => index).ToDictionary();
        Assert.Equal([10, 10, 10], counts.OrderBy(pair => pair.Key).Select(pair => pair.Value));
    }

    [Fact]
    public void Running_requests_and_weight_count()
    {
        var pool = Pool(LeastTimeMeasure.LastByte, Server(1), Server(3));
        var picks = Enumerable.Range(0, 8).Select(_ => pool.IndexOf(pool.Upstream.Pick(pool.Begin()))).ToArray();
        Assert.Equal(2, picks.Count(index => index == 0));
        Assert.Equal(6, picks.Count(index => index == 1));
    }

    [Fact]
    public void Header_and_last_byte_are_measured_apart()
    {
        foreach (var (measure, expected) in new[] { (LeastTimeMeasure.Header, 0), (LeastTimeMeasure.LastByte, 1) })
        {
            var pool = Pool(measure, Server(), Server());
            Serve(pool, header: 10, end: 900);
            Serve(pool, header: 500, end: 600);
            Assert.Equal(expected, Serve(pool, 10));
        }
    }

    [Fact]
    public void Server_not_chosen_for_a_fail_timeout_gets_another_chance()
    {
        var pool = Pool(LeastTimeMeasure.Header, Server(failTimeout: 1000), Server(failTimeout: 1000));
        Serve(pool, 4000);
        Serve(pool, 100);
        Assert.Equal(1, Serve(pool, 100));
        for (var second = 0; second < 6; second++)
        {
            pool.Advance(1001);
            Serve(pool, 100);
        }

        pool.Advance(1001);
        Assert.Equal(0, Serve(pool, 100));
    }

    [Fact]
    public void Failures_do_not_make_a_server_look_fast()
    {
        var pool = Pool(LeastTimeMeasure.Header, Server(maxFails: 0), Server());
        Serve(pool, 400);
        Serve(pool, 300);
        var context = pool.Begin();
        var server = pool.Upstream.Pick(context)!;
        Assert.Equal(1, pool.IndexOf(server));
        pool.Upstream.Release(server, context, PickOutcome.Failed, Timing(0, 0));
        Assert.Equal(300, server.State.Times.Header);
    }

    [Fact]
    public void Average_moves_by_a_twentieth()
    {
        var times = new ServerTimes();
        times.Measure(100, 1000);
        times.Measure(200, 2000);
        Assert.Equal(105, times.Header);
        Assert.Equal(1050, times.LastByte);
    }

    [Fact]
    public void Requests_in_flight_count_when_asked_for()
    {
        var pool = Pool(LeastTimeMeasure.LastByteInflight, Server(), Server());
        Serve(pool, 100);
        Serve(pool, 100);
        var stuck = pool.IndexOf(pool.Upstream.Pick(pool.Begin()));
        var other = 1 - stuck;
        Assert.Equal(other, Serve(pool, 100));
        pool.Advance(5000);
        Assert.Equal([other, other, other], [.. Enumerable.Range(0, 3).Select(_ => pool.IndexOf(pool.Upstream.Pick(pool.Begin())))]);
        Assert.Equal(5000, pool[stuck].State.Times.Inflight);
    }

    [Theory]
    [InlineData(PickOutcome.Failed)]
    [InlineData(PickOutcome.NoFault)]
    [InlineData(PickOutcome.Success)]
    internal void Request_that_gave_no_response_takes_its_time_with_it(PickOutcome outcome)
    {
        var pool = Pool(LeastTimeMeasure.LastByteInflight, Server(maxFails: 0), Server(backup: true));
        var gone = pool.Begin();
        pool.Upstream.Pick(gone);
        pool.Upstream.Pick(pool.Begin());
        pool.Advance(1000);
        pool.Upstream.Release(pool[0], gone, outcome, Timing(-1, 1000));
        pool.Advance(500);
        pool.Upstream.Pick(pool.Begin());

        // The one that still runs is 1.5 s old, and nothing was measured.
        Assert.Equal((1500, 0), (pool[0].State.Times.Inflight, pool[0].State.Times.LastByte));
    }

    private static TestPool Pool(LeastTimeMeasure measure, params UpstreamServerConfig[] servers) =>
        new(Config(servers) with { Balancing = new BalancingConfig { Method = BalancingMethod.LeastTime, LeastTime = measure } });

    private static PickTiming Timing(int header, int end) => new(header * Stopwatch.Frequency / 1000, end * Stopwatch.Frequency / 1000);

    private static int Serve(TestPool pool, int header, int? end = null)
    {
        var context = pool.Begin();
        var server = pool.Upstream.Pick(context)!;
        pool.Upstream.Release(server, context, PickOutcome.Success, Timing(header, end ?? header));
        return pool.IndexOf(server);
    }

    private static int Serve(TestPool pool, int[] times)
    {
        var context = pool.Begin();
        var server = pool.Upstream.Pick(context)!;
        pool.Upstream.Release(server, context, PickOutcome.Success, Timing(times[pool.IndexOf(server)], times[pool.IndexOf(server)]));
        return pool.IndexOf(server);
    }
}
