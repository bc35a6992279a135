namespace Balancer.Limits;

/// <summary>Milliseconds since the process started, read anew for every request: the heartbeat's clock is too coarse for rates.</summary>
internal sealed class LimitClock(TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();
    private readonly long _ticksPerMillisecond = Math.Max(1, time.TimestampFrequency / 1000);

    /// <summary>Now.</summary>
    public long Milliseconds => (time.GetTimestamp() - _origin) / _ticksPerMillisecond;
}
