using Balancer.Failover.Linux;
using Balancer.Infrastructure;
using Balancer.Observability.Metrics;

namespace Balancer.Failover;

/// <summary>The metrics of virtual routers.</summary>
/// <param name="instances">Those there are now.</param>
internal sealed class VrrpMetrics(Func<IReadOnlyList<VrrpInstance>> instances) : IMetricsSource
{
    private static readonly VrrpState[] s_states = Enum.GetValues<VrrpState>();
    private static readonly string[] s_stateNames = [.. s_states.Select(static state => SnakeCase.Of(state.ToString()))];
    private static readonly VrrpDrop[] s_drops = [.. Enum.GetValues<VrrpDrop>().Where(static drop => drop != VrrpDrop.None)];
    private static readonly string[] s_dropNames = [.. s_drops.Select(static drop => SnakeCase.Of(drop.ToString()))];

    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        foreach (var instance in instances())
        {
            var status = instance.Status;
            var counters = instance.Counters;
            for (var i = 0; i < s_states.Length; i++)
            {
                collector.Add(MetricFamilies.VrrpState, status.State == s_states[i] ? 1 : 0, status.Name, s_stateNames[i]);
                collector.Add(MetricFamilies.VrrpTransitions, counters.Transitions(s_states[i]), status.Name, s_stateNames[i]);
            }

            collector.Add(MetricFamilies.VrrpPriority, status.Priority, status.Name);
            collector.Add(MetricFamilies.VrrpAdvertisementsSent, counters.Sent, status.Name);
            collector.Add(MetricFamilies.VrrpAdvertisementsReceived, counters.Received, status.Name);
            for (var i = 0; i < s_drops.Length; i++)
            {
                collector.Add(MetricFamilies.VrrpAdvertisementsDropped, counters.Dropped(s_drops[i]), status.Name, s_dropNames[i]);
            }

            collector.Add(MetricFamilies.VrrpAnnouncements, counters.Announcements, status.Name);
            collector.Add(MetricFamilies.VrrpDataPathStalled, instance.IsStalled ? 1 : 0, status.Name);
            collector.Add(MetricFamilies.VrrpMasterTime, counters.MasterTime(FailoverThread.Now) / 1e6, status.Name);
        }
    }
}
