using Balancer.Infrastructure;

namespace Balancer.Observability.Metrics;

/// <summary>
/// Gathers the values of one scrape. Values given twice for the same labels are added up: a pool may name a server twice, and two
/// virtual servers may have the same name.
/// </summary>
internal sealed class MetricsCollector
{
    private readonly Dictionary<MetricFamily, Dictionary<string, MetricSample>> _families = [];

    /// <summary>Gives a value.</summary>
    /// <param name="family">The metric; not a histogram.</param>
    /// <param name="value">Its value.</param>
    /// <param name="labelValues">The values of its labels.</param>
    public void Add(MetricFamily family, double value, params ReadOnlySpan<string> labelValues) => Find(family, labelValues).Value += value;

    /// <summary>Gives a value of 0 or 1; of several for the same labels the result is 1 if any is.</summary>
    public void AddFlag(MetricFamily family, bool value, params ReadOnlySpan<string> labelValues)
    {
        var sample = Find(family, labelValues);
        sample.Value = value ? 1 : sample.Value;
    }

    /// <summary>Gives the counts of a histogram.</summary>
    public void Add(MetricFamily family, StripedHistogram histogram, params ReadOnlySpan<string> labelValues)
    {
        var sample = Find(family, labelValues);
        if (sample.Buckets.Length == 0)
        {
            sample.Buckets = new long[StripedHistogram.Bounds.Count + 1];
        }

        Span<long> buckets = stackalloc long[StripedHistogram.Bounds.Count + 1];
        sample.Value += histogram.Read(buckets);
        for (var i = 0; i < buckets.Length; i++)
        {
            sample.Buckets[i] += buckets[i];
        }
    }

    /// <summary>All that was given, in the order of <see cref="MetricFamilies"/>.</summary>
    public IReadOnlyList<MetricFamilySamples> ToList() =>
        [.. MetricFamilies.All.Where(_families.ContainsKey).Select(family => new MetricFamilySamples(family, [.. _families[family].Values]))];

    private MetricSample Find(MetricFamily family, ReadOnlySpan<string> labelValues)
    {
        if (labelValues.Length != family.Labels.Count)
        {
            throw new ArgumentException($"{family} has {family.Labels.Count} labels, not {labelValues.Length}", nameof(labelValues));
        }

        if (!_families.TryGetValue(family, out var samples))
        {
            _families[family] = samples = new Dictionary<string, MetricSample>(StringComparer.Ordinal);
        }

        var key = labelValues.Length == 1 ? labelValues[0] : string.Join('\0', labelValues);
        if (!samples.TryGetValue(key, out var sample))
        {
            samples[key] = sample = new MetricSample(labelValues.ToArray());
        }

        return sample;
    }
}
