using System.Diagnostics;

namespace Balancer.Infrastructure;

/// <summary>Converts ticks of <see cref="Stopwatch"/>.</summary>
internal static class StopwatchTime
{
    private static readonly long TicksPerMillisecond = Math.Max(1, Stopwatch.Frequency / 1000);

    /// <summary>Whole milliseconds in a number of ticks.</summary>
    public static long ToMilliseconds(long ticks) => ticks / TicksPerMillisecond;
}
