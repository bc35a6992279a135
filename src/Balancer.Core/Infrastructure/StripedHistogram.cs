using System.Diagnostics;

namespace Balancer.Infrastructure;

/// <summary>
/// A histogram of durations with fixed buckets that many cores record to without sharing a cache line: one row of counters per worker.
/// </summary>
internal sealed class StripedHistogram
{
    private const int CountersPerLine = 8;

    /// <summary>The upper bounds of the buckets in seconds, the last, infinite one excluded: Prometheus' usual ones and finer ones below.</summary>
    public static IReadOnlyList<double> Bounds { get; } =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private static readonly long[] BoundTicks = [.. Bounds.Select(seconds => (long)(seconds * Stopwatch.Frequency))];

    private readonly long[][] _rows = new long[Worker.Count][];

    public StripedHistogram()
    {
        for (var i = 0; i < _rows.Length; i++)
        {
            // A line of room on either side keeps the rows of two workers apart.
            _rows[i] = new long[(2 * CountersPerLine) + Bounds.Count + 2];
        }
    }

    /// <summary>Records a duration in stopwatch ticks; any thread, no allocation.</summary>
    public void Record(long stopwatchTicks)
    {
        var bucket = 0;
        while (bucket < BoundTicks.Length && stopwatchTicks > BoundTicks[bucket])
        {
            bucket++;
        }

        var row = _rows[Worker.Index];
        Interlocked.Increment(ref row[CountersPerLine + bucket]);
        Interlocked.Add(ref row[CountersPerLine + BoundTicks.Length + 1], stopwatchTicks);
    }

    /// <summary>Reads the counts of each bucket, not cumulated, the infinite one last; and the sum of all durations in seconds.</summary>
    /// <param name="buckets">Room for one more than <see cref="Bounds"/> has.</param>
    public double Read(Span<long> buckets)
    {
        buckets = buckets[..(BoundTicks.Length + 1)];
        buckets.Clear();
        long sum = 0;
        foreach (var row in _rows)
        {
            for (var i = 0; i < buckets.Length; i++)
            {
                buckets[i] += Volatile.Read(ref row[CountersPerLine + i]);
            }

            sum += Volatile.Read(ref row[CountersPerLine + buckets.Length]);
        }

        return (double)sum / Stopwatch.Frequency;
    }
}
