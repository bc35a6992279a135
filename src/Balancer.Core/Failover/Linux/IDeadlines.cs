namespace Balancer.Failover.Linux;

/// <summary>The timers that <see cref="FailoverThread"/> keeps. Both members are called by it alone.</summary>
internal interface IDeadlines
{
    /// <summary>When the next one is due, in microseconds of <see cref="FailoverThread.Now"/>; <see cref="long.MaxValue"/> for never.</summary>
    long Next { get; }

    /// <summary>Runs what is due.</summary>
    /// <param name="now">Microseconds of <see cref="FailoverThread.Now"/>, never before <see cref="Next"/>.</param>
    void Expire(long now);
}
