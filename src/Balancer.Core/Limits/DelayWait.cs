using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Limits;

/// <summary>
/// The wait of a delayed request, ended by its guard alone: when the time is over, when the client has gone, or when the gateway stops. Pooled;
/// an interruption that comes late may end the next wait early, so who waits looks at the clock again.
/// </summary>
internal sealed class DelayWait : IValueTaskSource, IInterruptible
{
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private int _isWaiting;

    /// <summary>Has a request wait.</summary>
    /// <param name="downstream">The client, without whom nothing is waited for.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="until">Until when, in milliseconds of the clock; never ended before.</param>
    /// <returns>None when the time is over; else why the request goes no further.</returns>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    public static async ValueTask<ProxyError> RunAsync(Downstream downstream, LimitClock clock, long until)
    {
        var guard = downstream.Guard;
        var wait = WorkerPool<DelayWait>.Rent();
        for (var left = until - clock.Milliseconds; left > 0 && !guard.IsInterrupted; left = until - clock.Milliseconds)
        {
            var waiting = wait.BeginAsync();
            guard.BeginWait(wait, left);
            await waiting;
            guard.End();
        }

        WorkerPool<DelayWait>.Return(wait);
        return !guard.IsInterrupted && !downstream.IsGone ? ProxyError.None
            : downstream.IsCut ? ProxyError.GatewayShutdown
            : ProxyError.ClientAborted;
    }

    /// <summary>The wait begins.</summary>
    public ValueTask BeginAsync()
    {
        _source.Reset();
        Volatile.Write(ref _isWaiting, 1);
        return new ValueTask(this, _source.Version);
    }

    /// <summary>Ends the wait: the request goes on elsewhere, never on this thread.</summary>
    public void Interrupt()
    {
        if (Interlocked.Exchange(ref _isWaiting, 0) == 1)
        {
            _source.SetResult(true);
        }
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
