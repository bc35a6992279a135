using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Balancer.Infrastructure;

/// <summary>
/// The state of one suspended call of an async method: its state machine and the promise its caller awaits. Boxes are
/// pooled per method, so that a request that waits for the network allocates nothing.
/// </summary>
/// <remarks>
/// Why not <see cref="PoolingAsyncValueTaskMethodBuilder{TResult}"/>: it keeps one box a thread and one a core. An epoll
/// round that completes thirty responses and then starts thirty requests would throw most boxes away and allocate as many.
/// The execution context does not flow through these methods: nothing on the request path uses an <see cref="AsyncLocal{T}"/>.
/// </remarks>
internal abstract class PooledAsyncBox<TResult> : IValueTaskSource<TResult>, IValueTaskSource
{
    protected ManualResetValueTaskSourceCore<TResult> Source;

    public short Version => Source.Version;

    public void SetResult(TResult result) => Source.SetResult(result);

    public void SetException(Exception exception) => Source.SetException(exception);

    public ValueTaskSourceStatus GetStatus(short token) => Source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        Source.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.FlowExecutionContext);

    public abstract TResult GetResult(short token);

    void IValueTaskSource.GetResult(short token) => GetResult(token);
}
