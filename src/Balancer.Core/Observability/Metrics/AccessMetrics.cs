using Balancer.Infrastructure;

namespace Balancer.Observability.Metrics;

/// <summary>Requests that were not let in, by what kept them out. Any thread; counting takes no lock and allocates nothing.</summary>
internal sealed class AccessMetrics : IMetricsSource
{
    /// <summary>By <c>allow</c> and <c>deny</c>.</summary>
    public StripedCounter Address { get; } = new();

    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        collector.Add(MetricFamilies.AccessDenied, Address.Value, "address");
    }
}
