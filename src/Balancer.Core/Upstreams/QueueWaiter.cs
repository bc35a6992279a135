using System.Threading.Tasks.Sources;
using Balancer.Infrastructure;

namespace Balancer.Upstreams;

/// <summary>A request's place in the queue of a pool; kept by its <see cref="PickContext"/> from request to request.</summary>
internal sealed class QueueWaiter : IValueTaskSource<UpstreamServer?>, IInterruptible
{
    private ManualResetValueTaskSourceCore<UpstreamServer?> _source = new() { RunContinuationsAsynchronously = true };
    private volatile UpstreamQueue? _queue;

    public QueueWaiter(PickContext context) => Context = context;

    /// <summary>The request.</summary>
    public PickContext Context { get; }

    /// <summary>The one that came before; guarded by the pool's gate.</summary>
    internal QueueWaiter? Previous { get; set; }

    /// <summary>The one that came after; guarded by the pool's gate.</summary>
    internal QueueWaiter? Next { get; set; }

    /// <summary>Ends the wait with <see cref="PickFailure.Interrupted"/>; does nothing when it has not begun or is over.</summary>
    public void Interrupt() => _queue?.Interrupt(this);

    /// <summary>The wait begins. The gate is held.</summary>
    internal ValueTask<UpstreamServer?> Begin(UpstreamQueue queue)
    {
        _source.Reset();
        _queue = queue;
        return new ValueTask<UpstreamServer?>(this, _source.Version);
    }

    /// <summary>The wait is over: the request goes on elsewhere, never on this thread. The gate is held.</summary>
    internal void End(UpstreamServer? server)
    {
        _queue = null;
        _source.SetResult(server);
    }

    UpstreamServer? IValueTaskSource<UpstreamServer?>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<UpstreamServer?>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<UpstreamServer?>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
