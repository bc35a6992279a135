using Balancer.Infrastructure;
using Balancer.Observability.Metrics;

namespace Balancer.Observability.Tracing;

/// <summary>What became of spans.</summary>
internal sealed class TraceMetrics : IMetricsSource
{
    /// <summary>The collector has taken them.</summary>
    public StripedCounter Exported { get; } = new();

    /// <summary>They did not reach the collector, or it refused them.</summary>
    public StripedCounter Failed { get; } = new();

    /// <summary>Too many waited already.</summary>
    public StripedCounter Dropped { get; } = new();

    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        collector.Add(MetricFamilies.TraceSpans, Exported.Value, "exported");
        collector.Add(MetricFamilies.TraceSpans, Failed.Value, "failed");
        collector.Add(MetricFamilies.TraceSpans, Dropped.Value, "dropped");
    }
}
