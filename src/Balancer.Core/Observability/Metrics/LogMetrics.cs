using Balancer.Observability.Logging;

namespace Balancer.Observability.Metrics;

/// <summary>Lines that logs have lost.</summary>
/// <param name="accessLogs">The access logs.</param>
/// <param name="errorLog">The error log; null where it is not ours, as in tests.</param>
internal sealed class LogMetrics(AccessLogRegistry accessLogs, ErrorLogProvider? errorLog) : IMetricsSource
{
    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        foreach (var file in accessLogs.Files)
        {
            collector.Add(MetricFamilies.AccessLogDroppedLines, file.DroppedLines, file.Path);
        }

        if (errorLog is not null)
        {
            collector.Add(MetricFamilies.ErrorLogDroppedLines, errorLog.DroppedLines);
        }
    }
}
