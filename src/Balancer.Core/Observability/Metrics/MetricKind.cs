namespace Balancer.Observability.Metrics;

/// <summary>What the values of a metric mean.</summary>
internal enum MetricKind
{
    /// <summary>Only grows, from 0 at the start of the process.</summary>
    Counter,

    /// <summary>A value that comes and goes.</summary>
    Gauge,

    /// <summary>Durations counted in the buckets of <see cref="Infrastructure.StripedHistogram"/>.</summary>
    Histogram,

    /// <summary>Always 1; what it tells are its labels.</summary>
    Info,
}
