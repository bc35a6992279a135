namespace Balancer.Infrastructure;

/// <summary>
/// Milliseconds since the clock was made, refreshed by a heartbeat (every 25 ms) instead of read from the system for every request.
/// Reading is one load; the value is at most one heartbeat old and never goes back.
/// </summary>
internal sealed class CoarseClock
{
    private readonly TimeProvider _time;
    private readonly long _origin;
    private long _milliseconds;

    public CoarseClock(TimeProvider time)
    {
        _time = time;
        _origin = time.GetTimestamp();
    }

    /// <summary>The time source behind the clock, for what needs wall-clock time or full precision.</summary>
    public TimeProvider Time => _time;

    /// <summary>Milliseconds since the clock was made, as of the last <see cref="Refresh"/>.</summary>
    public long Milliseconds => Volatile.Read(ref _milliseconds);

    /// <summary>Reads the time source. Called by the heartbeat, and by tests after they moved a fake time source.</summary>
    public long Refresh()
    {
        var now = (long)_time.GetElapsedTime(_origin).TotalMilliseconds;
        Volatile.Write(ref _milliseconds, now);
        return now;
    }
}
