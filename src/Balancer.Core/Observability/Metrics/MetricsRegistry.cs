namespace Balancer.Observability.Metrics;

/// <summary>All sources of metrics. Sources are added while the daemon starts; collecting is open to any thread.</summary>
internal sealed class MetricsRegistry
{
    private volatile IMetricsSource[] _sources = [];

    /// <summary>Adds sources.</summary>
    public void Add(params ReadOnlySpan<IMetricsSource> sources) => _sources = [.. _sources, .. sources];

    /// <summary>Asks all sources.</summary>
    public IReadOnlyList<MetricFamilySamples> Collect()
    {
        var collector = new MetricsCollector();
        foreach (var source in _sources)
        {
            source.Collect(collector);
        }

        return collector.ToList();
    }
}
