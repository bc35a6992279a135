namespace Balancer.Daemon.Admin;

/// <summary>The two text formats of <c>/metrics</c>, chosen by the scraper's Accept field.</summary>
internal enum MetricsFormat
{
    /// <summary>Prometheus text format 0.0.4.</summary>
    Prometheus,

    /// <summary>OpenMetrics 1.0.0.</summary>
    OpenMetrics,
}
