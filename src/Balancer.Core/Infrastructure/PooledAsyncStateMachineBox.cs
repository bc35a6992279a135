using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Balancer.Infrastructure;

/// <summary>The box of one async method: <typeparamref name="TStateMachine"/> is what the compiler made of it.</summary>
internal sealed class PooledAsyncStateMachineBox<TStateMachine, TResult> : PooledAsyncBox<TResult>
    where TStateMachine : IAsyncStateMachine
{
    private TStateMachine _stateMachine = default!;
    private readonly Action _moveNext;

    public PooledAsyncStateMachineBox()
    {
        _moveNext = MoveNext;
        Source.RunContinuationsAsynchronously = false;
    }

    public ref TStateMachine StateMachine => ref _stateMachine;

    public Action MoveNextAction => _moveNext;

    public override TResult GetResult(short token)
    {
        // Throws for a caller that asks once more: the box may be another call's by now, and must not go to the pool twice.
        if (Source.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("the call has not completed yet");
        }

        try
        {
            return Source.GetResult(token);
        }
        finally
        {
            _stateMachine = default!;
            Source.Reset();
            WorkerPool<PooledAsyncStateMachineBox<TStateMachine, TResult>>.Return(this);
        }
    }

    private void MoveNext() => _stateMachine.MoveNext();
}
