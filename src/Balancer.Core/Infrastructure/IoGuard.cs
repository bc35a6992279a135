using System.IO.Pipelines;

namespace Balancer.Infrastructure;

/// <summary>
/// Watches over the one pipe operation a flow of control waits for: ends the wait when a deadline is over or when the flow
/// is interrupted from outside (the client went away, the gateway stops). No timer and no cancellation source per operation.
/// </summary>
/// <remarks>
/// The flow brackets every wait with <c>BeginRead/BeginFlush</c> and <see cref="End"/>. A cancelled operation returns
/// <c>IsCanceled</c>; <see cref="Expired"/> and <see cref="IsInterrupted"/> tell why. It may be cancelled for no reason
/// that is still good (the deadline fired while the operation completed): then the flow just repeats it.
/// </remarks>
internal sealed class IoGuard(TimeoutWheel wheel) : TimeoutEntry(wheel)
{
    private const long Unlimited = 1L << 40;

    private object? _pending;
    private int _operation;
    private int _expiredOperation = -1;
    private long _state;

    /// <summary>
    /// Names the current owner, until the next <see cref="Reset"/>: who may come late with an interruption keeps the lease and gives it to
    /// <see cref="Interrupt(long)"/>.
    /// </summary>
    public long Lease => Volatile.Read(ref _state) & ~1L;

    /// <summary>Whether the guard was interrupted since the last <see cref="Reset"/>.</summary>
    public bool IsInterrupted => (Volatile.Read(ref _state) & 1) != 0;

    /// <summary>Whether the deadline of the current operation is over.</summary>
    public bool Expired => Volatile.Read(ref _expiredOperation) == _operation;

    /// <summary>A read is about to be awaited, for up to <paramref name="milliseconds"/>; 0 waits without limit.</summary>
    public void BeginRead(PipeReader reader, long milliseconds) => Begin(reader, milliseconds);

    /// <summary>A flush is about to be awaited, for up to <paramref name="milliseconds"/>; 0 waits without limit.</summary>
    public void BeginFlush(PipeWriter writer, long milliseconds) => Begin(writer, milliseconds);

    /// <summary>A wait of another kind is about to begin.</summary>
    public void BeginWait(IInterruptible wait, long milliseconds) => Begin(wait, milliseconds);

    /// <summary>The wait is over.</summary>
    public void End()
    {
        ClearDeadline();
        Volatile.Write(ref _pending, null);
    }

    /// <summary>Ends the current wait and all later ones at once, until <see cref="Reset"/>. Any thread that knows the guard is not given back meanwhile.</summary>
    public void Interrupt() => Interrupt(Lease);

    /// <summary>As <see cref="Interrupt()"/>, for the owner of <paramref name="lease"/> alone: does nothing to those who use the guard after it. Any thread.</summary>
    public void Interrupt(long lease)
    {
        if (Interlocked.CompareExchange(ref _state, lease | 1, lease) == lease)
        {
            Cancel(Volatile.Read(ref _pending));
        }
    }

    /// <summary>Ends the current read once; the flow decides by its own state whether it goes on. Other waits go on. Any thread.</summary>
    public void Nudge()
    {
        // What the caller changed must be seen by a flow that begins its wait just now, or its wait by us.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _pending) is PipeReader reader)
        {
            reader.CancelPendingRead();
        }
    }

    /// <summary>Forgets everything, for the next owner.</summary>
    public void Reset()
    {
        ClearDeadline();
        Volatile.Write(ref _pending, null);
        Interlocked.Exchange(ref _state, Lease + 2);
    }

    /// <inheritdoc/>
    protected override void OnDeadline()
    {
        // A new operation sets its deadline before its number and what is pending: when one is set, the deadline that fired was an older one's.
        var operation = Volatile.Read(ref _operation);
        var pending = Volatile.Read(ref _pending);
        if (HasDeadline)
        {
            return;
        }

        Volatile.Write(ref _expiredOperation, operation);
        Cancel(pending);
    }

    private static void Cancel(object? pending)
    {
        switch (pending)
        {
            case PipeReader reader:
                reader.CancelPendingRead();
                break;
            case PipeWriter writer:
                writer.CancelPendingFlush();
                break;
            case IInterruptible wait:
                wait.Interrupt();
                break;
        }
    }

    private void Begin(object operation, long milliseconds)
    {
        StoreDeadline(milliseconds > 0 ? milliseconds : Unlimited);
        Volatile.Write(ref _operation, _operation + 1);

        // Also the barrier that FileDeadline asks for.
        Interlocked.Exchange(ref _pending, operation);
        FileDeadline();
        if (!HasDeadline)
        {
            // It was over before the wheel could see what to cancel.
            Volatile.Write(ref _expiredOperation, _operation);
            Cancel(operation);
        }
        else if (IsInterrupted)
        {
            Cancel(operation);
        }
    }
}
