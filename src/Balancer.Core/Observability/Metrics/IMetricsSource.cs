namespace Balancer.Observability.Metrics;

/// <summary>Something that knows the current values of metrics. Asked at every scrape, so the labels follow the configuration that is in use.</summary>
internal interface IMetricsSource
{
    /// <summary>Gives the current values to the collector. Any thread; must not take a lock the request path takes.</summary>
    void Collect(MetricsCollector collector);
}
