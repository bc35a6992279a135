namespace Balancer.Upstreams.Balancing;

/// <summary>
/// What <c>least_conn</c> and <c>least_time</c> share: the server with the least load, by turns of weighted round robin where several have it.
/// </summary>
/// <remarks>
/// A pick depends on every pick before it, so picks and releases follow one another under the pool's gate, each for about a tenth of a microsecond.
/// </remarks>
internal abstract class LeastLoadBalancer(ServerGroup group) : IBalancer
{
    private readonly LeastLoad _loads = new(group.Servers.Select(server => server.Config.Weight).ToArray());
    private readonly double[] _hidden = new double[group.Servers.Length];

    /// <summary>The group.</summary>
    protected ServerGroup Group { get; } = group;

    /// <inheritdoc/>
    public int Pick(PickContext context, long now)
    {
        lock (Group.Gate)
        {
            Group.CatchUp(now);
            BeforePick(now);
            while (true)
            {
                var index = context.NoneTried ? _loads.Step(Group.Weights) : StepUntried(context);
                if (index < 0)
                {
                    return -1;
                }

                if (Group.TryEnter(index, now))
                {
                    Entered(index, now);
                    Update(index, now);
                    context.MarkTried(index);
                    return index;
                }

                Group.Reevaluate(index, now);
                Update(index, now);
            }
        }
    }

    /// <inheritdoc/>
    public void Bound(int index, long now)
    {
        lock (Group.Gate)
        {
            Entered(index, now);
            Update(index, now);
        }
    }

    /// <inheritdoc/>
    public void Left(int index, int conns, PickOutcome outcome, in PickTiming timing)
    {
        lock (Group.Gate)
        {
            var now = Group.Now;
            HasLeft(index, now, outcome, timing);
            if (conns == Group.Servers[index].ConnLimit - 1)
            {
                Group.Reevaluate(index, now);
            }

            Update(index, now);
        }
    }

    /// <inheritdoc/>
    public void Changed(int index) => Update(index, Group.Now);

    /// <summary>The load of a server that may be picked: a whole number below 2^31 by its weight.</summary>
    protected abstract double LoadOf(int index, long now);

    /// <summary>Before a pick; loads that depend on the time are renewed here.</summary>
    protected virtual void BeforePick(long now)
    {
    }

    /// <summary>A server was picked.</summary>
    protected virtual void Entered(int index, long now)
    {
    }

    /// <summary>A request has left a server.</summary>
    protected virtual void HasLeft(int index, long now, PickOutcome outcome, in PickTiming timing)
    {
    }

    /// <summary>Computes a server's load anew.</summary>
    protected void Update(int index, long now) =>
        _loads[index] = Group.Weights.IsOpen(index) ? LoadOf(index, now) : double.PositiveInfinity;

    /// <summary>A load for so much work by the server's weight, which a slow start makes smaller.</summary>
    protected double ByWeight(int index, long work)
    {
        var weight = Group.Weights.Ceiling(index);
        return weight > 0 ? work / weight : double.MaxValue;
    }

    private int StepUntried(PickContext context)
    {
        for (var i = 0; i < _hidden.Length; i++)
        {
            if (context.IsTried(i))
            {
                _hidden[i] = _loads[i];
                _loads[i] = double.PositiveInfinity;
            }
        }

        var index = _loads.Step(Group.Weights);
        for (var i = 0; i < _hidden.Length; i++)
        {
            if (context.IsTried(i))
            {
                _loads[i] = _hidden[i];
            }
        }

        return index;
    }
}
