using System.Runtime.CompilerServices;

namespace Balancer.Infrastructure;

/// <summary>
/// Builder for async methods of the request path (<c>[AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder&lt;&gt;))]</c>):
/// a call that completes at once costs nothing, a call that suspends takes its box from a pool.
/// </summary>
internal struct PooledValueTaskMethodBuilder<TResult>
{
    private PooledAsyncBox<TResult>? _box;
    private TResult _result;

    public static PooledValueTaskMethodBuilder<TResult> Create() => default;

    public readonly ValueTask<TResult> Task => _box is null ? new ValueTask<TResult>(_result) : new ValueTask<TResult>(_box, _box.Version);

    public void SetResult(TResult result)
    {
        if (_box is null)
        {
            _result = result;
        }
        else
        {
            _box.SetResult(result);
        }
    }

    public void SetException(Exception exception)
    {
        _box ??= new FaultedAsyncBox<TResult>();
        _box.SetException(exception);
    }

#pragma warning disable CA1822 // The compiler's pattern calls these on an instance.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }
#pragma warning restore CA1822

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.OnCompleted(Box(ref stateMachine).MoveNextAction);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.UnsafeOnCompleted(Box(ref stateMachine).MoveNextAction);

    private PooledAsyncStateMachineBox<TStateMachine, TResult> Box<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        if (_box is PooledAsyncStateMachineBox<TStateMachine, TResult> existing)
        {
            return existing;
        }

        // The order matters: the builder lives inside the state machine, so the box must be known to it before it is copied.
        var box = WorkerPool<PooledAsyncStateMachineBox<TStateMachine, TResult>>.Rent();
        _box = box;
        box.StateMachine = stateMachine;
        return box;
    }
}
