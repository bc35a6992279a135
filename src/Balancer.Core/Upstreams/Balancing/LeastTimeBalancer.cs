using System.Diagnostics;
using Balancer.Configuration;

namespace Balancer.Upstreams.Balancing;

/// <summary>
/// <c>least_time</c>: the server that should be through with its requests soonest: its average time, times one more than the requests running, by its weight.
/// </summary>
/// <remarks>
/// As in nginx the average moves by a twentieth of each new value, times are taken in steps of 20 ms so that servers alike take turns, more than
/// 5 s counts as 5 s, and the time of a server not chosen for a fail_timeout is halved, again and again, so that it gets another chance.
/// Where nginx renews these at every pick, here it is done at every tick of the coarse clock.
/// </remarks>
internal sealed class LeastTimeBalancer(ServerGroup group, LeastTimeMeasure measure) : LeastLoadBalancer(group)
{
    private long _renewed = UpstreamServerState.Never;

    /// <summary>The expected time for a server to be through with its requests and one more, in milliseconds.</summary>
    public static long ExpectedTime(UpstreamServer server, LeastTimeMeasure measure, long now)
    {
        var state = server.State;
        var time = measure == LeastTimeMeasure.Header ? state.Times.Header : state.Times.LastByte;
        var idle = now - state.Checked;
        if (idle > server.FailTimeout)
        {
            time >>= (int)Math.Min(idle / (server.FailTimeout + 1), 63);
        }

        if (measure == LeastTimeMeasure.LastByteInflight && state.Times.Running > 0)
        {
            time = Math.Max(time, state.Times.Inflight);
        }

        time = time > 5000 ? 5000 : time + 20 - (time % 20);
        return time * (1 + state.Conns);
    }

    /// <summary>Takes the times of a response into a server's averages; failures are left out, or a server that fails fast would be preferred.</summary>
    public static void Measure(UpstreamServer server, PickOutcome outcome, in PickTiming timing)
    {
        if (outcome == PickOutcome.Success && timing.HeaderTicks >= 0)
        {
            server.State.Times.Measure(Milliseconds(timing.HeaderTicks), Milliseconds(timing.EndTicks));
        }
    }

    /// <inheritdoc/>
    protected override double LoadOf(int index, long now) => ByWeight(index, ExpectedTime(Group.Servers[index], measure, now));

    /// <inheritdoc/>
    protected override void BeforePick(long now)
    {
        if (now == _renewed)
        {
            return;
        }

        _renewed = now;
        for (var i = 0; i < Group.Servers.Length; i++)
        {
            if (measure == LeastTimeMeasure.LastByteInflight && Group.Weights.IsOpen(i))
            {
                Group.Servers[i].State.Times.SampleInflight(now);
            }

            Update(i, now);
        }
    }

    /// <inheritdoc/>
    protected override void Entered(int index, long now) => Group.Servers[index].State.Times.Begin(now);

    /// <inheritdoc/>
    protected override void HasLeft(int index, long now, PickOutcome outcome, in PickTiming timing)
    {
        var server = Group.Servers[index];
        server.State.Times.End(now, Milliseconds(timing.EndTicks));
        Measure(server, outcome, timing);
    }

    private static long Milliseconds(long stopwatchTicks) => stopwatchTicks / (Stopwatch.Frequency / 1000);
}
