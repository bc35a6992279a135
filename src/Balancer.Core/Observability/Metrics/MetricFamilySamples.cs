namespace Balancer.Observability.Metrics;

/// <summary>All values of a metric at one scrape.</summary>
/// <param name="Family">The metric.</param>
/// <param name="Samples">Its values, each set of label values once.</param>
internal sealed record MetricFamilySamples(MetricFamily Family, IReadOnlyList<MetricSample> Samples);
