using System.Diagnostics;

namespace Balancer.Daemon.Systemd;

/// <summary>CLOCK_MONOTONIC, the clock the service manager compares with.</summary>
internal static class MonotonicClock
{
    /// <summary>Microseconds; on Linux <see cref="Stopwatch"/> reads CLOCK_MONOTONIC in nanoseconds.</summary>
    public static long Microseconds() => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);
}
