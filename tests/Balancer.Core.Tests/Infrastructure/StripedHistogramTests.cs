using System.Diagnostics;

namespace Balancer.Infrastructure;

public class StripedHistogramTests
{
    [Fact]
    public void Duration_counts_in_the_first_bucket_it_fits()
    {
        var histogram = new StripedHistogram();
        foreach (var bound in StripedHistogram.Bounds)
        {
            histogram.Record((long)(bound * Stopwatch.Frequency));
        }

        histogram.Record(0);
        histogram.Record(100 * Stopwatch.Frequency);
        var buckets = new long[StripedHistogram.Bounds.Count + 1];
        var sum = histogram.Read(buckets);
        Assert.Equal([2, .. Enumerable.Repeat(1L, StripedHistogram.Bounds.Count)], buckets);
        Assert.Equal(100 + StripedHistogram.Bounds.Sum(), sum, 3);
    }

    [Fact]
    public void Threads_lose_nothing()
    {
        var histogram = new StripedHistogram();
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                histogram.Record(Stopwatch.Frequency);
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        var buckets = new long[StripedHistogram.Bounds.Count + 1];
        Assert.Equal(80_000, histogram.Read(buckets), 3);
        Assert.Equal(80_000, buckets.Sum());
    }
}
