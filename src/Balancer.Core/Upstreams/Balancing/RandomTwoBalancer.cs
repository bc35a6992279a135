using Balancer.Configuration;

namespace Balancer.Upstreams.Balancing;

/// <summary><c>random two</c>: of two servers drawn by their weights the one with the lesser load: requests running (<c>least_conn</c>) or expected time (<c>least_time</c>).</summary>
internal sealed class RandomTwoBalancer(ServerGroup group, LeastTimeMeasure? measure) : ProbingBalancer(group)
{
    private readonly WeightRanges _ranges = new(group.Servers);

    /// <inheritdoc/>
    public override void Left(int index, int conns, PickOutcome outcome, in PickTiming timing)
    {
        if (measure is not null)
        {
            lock (Group.Gate)
            {
                LeastTimeBalancer.Measure(Group.Servers[index], outcome, timing);
            }
        }

        base.Left(index, conns, outcome, timing);
    }

    /// <inheritdoc/>
    protected override int Propose(PickContext context, long now)
    {
        var first = -1;
        while (context.Misses <= MaxMisses)
        {
            var drawn = _ranges.At(Random.Shared.Next(_ranges.Total));
            if (drawn == first || !WillDo(context, drawn, now) || Group.IsFull(drawn))
            {
                context.Misses++;
            }
            else if (first < 0)
            {
                first = drawn;
            }
            else
            {
                return LoadOf(drawn, now) > LoadOf(first, now) ? first : drawn;
            }
        }

        return -1;
    }

    private double LoadOf(int index, long now)
    {
        var server = Group.Servers[index];
        var load = measure is { } time ? LeastTimeBalancer.ExpectedTime(server, time, now) : server.State.Conns;
        return (double)load / server.Config.Weight;
    }
}
