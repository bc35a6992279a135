namespace Balancer.Upstreams.Balancing;

/// <summary>
/// What <c>hash</c>, <c>ip_hash</c> and <c>random</c> share: a server is proposed and taken if it will do; after more than twenty
/// proposals in vain the request goes by round robin. No lock on the way.
/// </summary>
internal abstract class ProbingBalancer(ServerGroup group) : IBalancer
{
    /// <summary>How many servers may be passed over.</summary>
    protected const int MaxMisses = 20;

    /// <summary>The group.</summary>
    protected ServerGroup Group { get; } = group;

    /// <inheritdoc/>
    public int Pick(PickContext context, long now)
    {
        if (!Applies(context))
        {
            return Group.RoundRobin.Pick(context, now);
        }

        while (context.Misses <= MaxMisses)
        {
            var index = Propose(context, now);
            if (index >= 0 && TryTake(context, index, now))
            {
                return index;
            }

            context.Misses++;
            Missed(context);
        }

        return Group.RoundRobin.Pick(context, now);
    }

    /// <inheritdoc/>
    public virtual void Left(int index, int conns, PickOutcome outcome, in PickTiming timing) => Group.ReopenIfWasFull(index, conns);

    /// <summary>Whether the method can choose for this request.</summary>
    protected virtual bool Applies(PickContext context) => true;

    /// <summary>The next server to try; -1 when there is none this time.</summary>
    protected abstract int Propose(PickContext context, long now);

    /// <summary>The server proposed would not do.</summary>
    protected virtual void Missed(PickContext context)
    {
    }

    /// <summary>Whether a server may be picked by this request, but for its connections.</summary>
    protected bool WillDo(PickContext context, int index, long now) => !context.IsTried(index) && Group.IsAlive(index, now);

    private bool TryTake(PickContext context, int index, long now)
    {
        if (!WillDo(context, index, now) || !Group.TryEnter(index, now))
        {
            return false;
        }

        context.MarkTried(index);
        return true;
    }
}
