using Balancer.Infrastructure;

namespace Balancer.Upstreams;

/// <summary>
/// <c>queue</c>: requests that wait, first come first served, because every server that is alive is at its <c>max_conns</c>.
/// A server that has room again is given to the first of them; no request that comes later gets it.
/// </summary>
internal sealed class UpstreamQueue(Lock gate)
{
    private QueueWaiter? _first;
    private QueueWaiter? _last;
    private int _count;

    /// <summary>How many requests wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many may wait; 0 when the pool has no queue.</summary>
    public int Limit { get; internal set; }

    /// <summary>Requests that found the queue full.</summary>
    public StripedCounter Overflows { get; } = new();

    /// <summary>Requests that waited longer than the queue's timeout; counted by who ended their wait, for a client that went away ends it too.</summary>
    public StripedCounter Timeouts { get; } = new();

    /// <summary>Joins the queue at its end. The gate is held, and there is room.</summary>
    internal ValueTask<UpstreamServer?> Join(QueueWaiter waiter)
    {
        waiter.Previous = _last;
        waiter.Next = null;
        if (_last is null)
        {
            _first = waiter;
        }
        else
        {
            _last.Next = waiter;
        }

        _last = waiter;
        Volatile.Write(ref _count, _count + 1);
        return waiter.Begin(this);
    }

    /// <summary>Gives servers that have room to those who wait. A request that has tried servers may have to let others go first. Called without the gate after a request left a server.</summary>
    internal void Serve(UpstreamServerSet newest, long now)
    {
        lock (gate)
        {
            for (var waiter = _first; waiter is not null;)
            {
                var next = waiter.Next;
                var context = waiter.Context;
                context.AskAgain(newest);
                var server = context.Servers.Pick(context, now);
                if (server is not null)
                {
                    Leave(waiter, server);
                }
                else if (!context.HasTriedAny)
                {
                    return;
                }

                waiter = next;
            }
        }
    }

    /// <summary>Ends the wait of one.</summary>
    internal void Interrupt(QueueWaiter waiter)
    {
        lock (gate)
        {
            if (waiter == _first || waiter.Previous is not null)
            {
                waiter.Context.Failure = PickFailure.Interrupted;
                Leave(waiter, null);
            }
        }
    }

    private void Leave(QueueWaiter waiter, UpstreamServer? server)
    {
        if (waiter.Previous is null)
        {
            _first = waiter.Next;
        }
        else
        {
            waiter.Previous.Next = waiter.Next;
        }

        if (waiter.Next is null)
        {
            _last = waiter.Previous;
        }
        else
        {
            waiter.Next.Previous = waiter.Previous;
        }

        waiter.Previous = waiter.Next = null;
        Volatile.Write(ref _count, _count - 1);
        waiter.End(server);
    }
}
