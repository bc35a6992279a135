namespace Balancer.Observability.Metrics;

/// <summary>The value of a metric for one set of label values.</summary>
internal sealed class MetricSample(string[] labelValues)
{
    /// <summary>The values of the family's labels, in their order.</summary>
    public IReadOnlyList<string> LabelValues { get; } = labelValues;

    /// <summary>The value; of a histogram the sum of all durations, in seconds.</summary>
    public double Value { get; internal set; }

    /// <summary>Of a histogram: how many durations fell into each bucket, not cumulated, the infinite one last; else empty.</summary>
    public long[] Buckets { get; internal set; } = [];
}
