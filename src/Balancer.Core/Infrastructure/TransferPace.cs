namespace Balancer.Infrastructure;

/// <summary>
/// Holds one direction of an exchange to a timeout and to a minimum rate, which is averaged over the time spent waiting for the other side.
/// It says how long the next wait may last, so it needs no timer; time in which nobody waits does not count.
/// <code>
///   bytes so far ÷ rate   how long they may have taken, at least the timeout
///        − waited so far  = how long the next wait may last, at most the timeout
/// </code>
/// One flow of control at a time.
/// </summary>
internal sealed class TransferPace
{
    /// <summary>Bytes beyond which the time they are worth has no end.</summary>
    private const long Plenty = 1L << 50;

    private CoarseClock _clock = null!;
    private long _waited;
    private long _begunAt;
    private bool _isBoundByRate;

    /// <summary>Least bytes a second; 0 is no limit.</summary>
    public long MinRate { get; set; }

    /// <summary>Whether the last wait came to its end without what it waited for.</summary>
    public bool HasExpired { get; private set; }

    /// <summary>Whether it did so for the rate, and not for the timeout.</summary>
    public bool IsTooSlow => HasExpired && _isBoundByRate;

    /// <summary>Forgets everything, for the next exchange: no limit until <see cref="MinRate"/> is set.</summary>
    public void Reset(CoarseClock clock)
    {
        _clock = clock;
        _waited = 0;
        MinRate = 0;
        HasExpired = false;
        _isBoundByRate = false;
    }

    /// <summary>A wait begins.</summary>
    /// <param name="timeout">Milliseconds a wait may last, whatever the rate; also the time in which the rate is not looked at.</param>
    /// <param name="bytes">Bytes that have been passed on when the wait is over, as far as is known.</param>
    /// <returns>Milliseconds this wait may last, at least 1.</returns>
    public long BeginWait(long timeout, long bytes)
    {
        HasExpired = false;
        _isBoundByRate = false;
        if (MinRate <= 0)
        {
            return timeout;
        }

        _begunAt = _clock.Milliseconds;
        var left = Math.Max(timeout, Math.Min(bytes, Plenty) * 1000 / MinRate) - _waited;
        if (left >= timeout)
        {
            return timeout;
        }

        _isBoundByRate = true;
        return Math.Max(1, left);
    }

    /// <summary>The wait is over.</summary>
    /// <param name="expired">Whether it lasted as long as it could.</param>
    public void EndWait(bool expired)
    {
        HasExpired = expired;
        if (MinRate > 0)
        {
            _waited += _clock.Milliseconds - _begunAt;
        }
    }
}
