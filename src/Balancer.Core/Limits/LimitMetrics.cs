using Balancer.Observability.Metrics;

namespace Balancer.Limits;

/// <summary>The metrics of the zones in use.</summary>
internal sealed class LimitMetrics(LimitZones zones) : IMetricsSource
{
    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        foreach (var zone in zones.InUse)
        {
            if (zone is RequestZone requests)
            {
                Collect(requests, collector);
            }
            else
            {
                Collect((ConnectionZone)zone, collector);
            }
        }
    }

    private static void Collect(RequestZone zone, MetricsCollector collector)
    {
        foreach (var (outcome, label) in LimitOutcomes.OfRequests)
        {
            collector.Add(MetricFamilies.LimitReqRequests, zone.Requests(outcome).Value, zone.Name, label);
        }

        collector.Add(MetricFamilies.LimitReqEvictions, zone.Evictions.Value, zone.Name);
        collector.Add(MetricFamilies.LimitReqKeys, zone.Count, zone.Name);
        collector.Add(MetricFamilies.LimitReqUsedBytes, zone.UsedBytes, zone.Name);
        collector.Add(MetricFamilies.LimitReqSize, zone.Size, zone.Name);
    }

    private static void Collect(ConnectionZone zone, MetricsCollector collector)
    {
        foreach (var (outcome, label) in LimitOutcomes.OfConnections)
        {
            collector.Add(MetricFamilies.LimitConnRequests, zone.Requests(outcome).Value, zone.Name, label);
        }

        collector.Add(MetricFamilies.LimitConnKeys, zone.Count, zone.Name);
        collector.Add(MetricFamilies.LimitConnUsedBytes, zone.UsedBytes, zone.Name);
        collector.Add(MetricFamilies.LimitConnSize, zone.Size, zone.Name);
    }
}
