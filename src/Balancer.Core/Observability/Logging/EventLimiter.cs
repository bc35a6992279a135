using System.Collections.Concurrent;

namespace Balancer.Observability.Logging;

/// <summary>
/// Keeps a storm of one event from filling the disk: each event may be logged <see cref="Burst"/> times at once and once a second
/// after that; the rest is counted. Any thread.
/// </summary>
internal sealed class EventLimiter(TimeProvider time)
{
    /// <summary>How many times an event may be logged at once.</summary>
    public const int Burst = 100;

    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <summary>Whether an event may be logged now; if not, it is counted.</summary>
    public bool TryTake(string name)
    {
        var bucket = _buckets.GetOrAdd(name, static (_, now) => new Bucket { Refilled = now }, time.GetTimestamp());
        lock (bucket)
        {
            var seconds = (long)time.GetElapsedTime(bucket.Refilled).TotalSeconds;
            if (seconds > 0)
            {
                bucket.Tokens = (int)Math.Min(Burst, bucket.Tokens + seconds);
                bucket.Refilled += seconds * time.TimestampFrequency;
            }

            if (bucket.Tokens == 0)
            {
                bucket.Suppressed++;
                return false;
            }

            bucket.Tokens--;
            return true;
        }
    }

    /// <summary>The events not logged since the last call, with their number.</summary>
    public IEnumerable<(string Name, long Count)> TakeSuppressed()
    {
        foreach (var (name, bucket) in _buckets)
        {
            long count;
            lock (bucket)
            {
                (count, bucket.Suppressed) = (bucket.Suppressed, 0);
            }

            if (count > 0)
            {
                yield return (name, count);
            }
        }
    }

    private sealed class Bucket
    {
        public int Tokens { get; set; } = Burst;

        public long Refilled { get; set; }

        public long Suppressed { get; set; }
    }
}
