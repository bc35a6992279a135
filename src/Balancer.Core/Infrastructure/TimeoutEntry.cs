namespace Balancer.Infrastructure;

/// <summary>
/// Something with a deadline that is moved far more often than it expires: setting it takes no lock, and the wheel
/// looks again when the earliest deadline it knew of is over.
/// </summary>
internal abstract class TimeoutEntry(TimeoutWheel wheel)
{
    private const long Never = long.MaxValue;

    private readonly TimeoutWheel _wheel = wheel;
    private long _deadline = Never;

    /// <summary>The tick of the slot this entry waits in, or <see cref="long.MaxValue"/>; only the wheel writes it, under its lock.</summary>
    internal long ScheduledTick = Never;

    /// <summary>Whether a deadline is set.</summary>
    protected bool HasDeadline => Volatile.Read(ref _deadline) != Never;

    /// <summary>Lets <see cref="OnDeadline"/> be called once when <paramref name="milliseconds"/> have passed, unless it is set anew or cleared before. 0 or less: never.</summary>
    public void SetDeadline(long milliseconds)
    {
        StoreDeadline(milliseconds);
        Interlocked.MemoryBarrier();
        FileDeadline();
    }

    /// <summary>No deadline from now on. A call of <see cref="OnDeadline"/> that has begun may still be running.</summary>
    public void ClearDeadline() => Volatile.Write(ref _deadline, Never);

    /// <summary>
    /// The first half of <see cref="SetDeadline"/>. Between it and <see cref="FileDeadline"/> there must be a full memory barrier: the wheel
    /// takes the entry out of its slot and then reads the deadline; if both read what was before, nobody would ever look at this deadline.
    /// </summary>
    protected void StoreDeadline(long milliseconds) =>
        Volatile.Write(ref _deadline, milliseconds <= 0 ? Never : _wheel.Clock.Milliseconds + milliseconds);

    /// <summary>The second half of <see cref="SetDeadline"/>.</summary>
    protected void FileDeadline()
    {
        var deadline = Volatile.Read(ref _deadline);
        if (deadline != Never && TimeoutWheel.TickOf(deadline) < Volatile.Read(ref ScheduledTick))
        {
            _wheel.Schedule(this, deadline);
        }
    }

    /// <summary>The deadline is over. Called by the heartbeat: must not block.</summary>
    protected abstract void OnDeadline();

    /// <summary>Called by the wheel: expires the entry, or returns when it wants to be looked at next (<see cref="long.MaxValue"/>: not at all).</summary>
    internal long Expire(long now)
    {
        var deadline = Volatile.Read(ref _deadline);
        if (deadline > now)
        {
            return deadline;
        }

        if (Interlocked.CompareExchange(ref _deadline, Never, deadline) == deadline)
        {
            OnDeadline();
        }

        return Volatile.Read(ref _deadline);
    }
}
