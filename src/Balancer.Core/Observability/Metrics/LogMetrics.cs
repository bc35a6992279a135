using Balancer.Observability.Logging;

namespace Balancer.Observability.Metrics;

/// <summary>Lines that access logs have lost.</summary>
/// <param name="accessLogs">The access logs.</param>
internal sealed class LogMetrics(AccessLogRegistry accessLogs) : IMetricsSource
{
    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        foreach (var file in accessLogs.Files)
        {
            collector.Add(MetricFamilies.AccessLogDroppedLines, file.DroppedLines, file.Path);
        }
    }
}
