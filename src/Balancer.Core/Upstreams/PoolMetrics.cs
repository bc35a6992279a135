using Balancer.Infrastructure;
using Balancer.Observability.Metrics;

namespace Balancer.Upstreams;

/// <summary>Shows the pools of the snapshot in use as metrics.</summary>
/// <param name="upstreams">Gives the pools.</param>
internal sealed class PoolMetrics(Func<IReadOnlyList<Upstream>> upstreams) : IMetricsSource
{
    private static readonly string[] FailureNames = [.. Enum.GetValues<UpstreamFailure>().Select(failure => SnakeCase.Of(failure.ToString()))];

    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        foreach (var upstream in upstreams())
        {
            collector.Add(MetricFamilies.UpstreamQueueLength, upstream.State.Queue.Count, upstream.Name);
            collector.Add(MetricFamilies.UpstreamPickFailures, upstream.State.NoLiveServer.Value, upstream.Name, "no_live_server");
            collector.Add(MetricFamilies.UpstreamPickFailures, upstream.State.AllBusy.Value, upstream.Name, "all_busy");
            collector.Add(MetricFamilies.UpstreamPickFailures, upstream.State.Queue.Overflows.Value, upstream.Name, "queue_full");
            collector.Add(MetricFamilies.UpstreamPickFailures, upstream.State.Queue.Timeouts.Value, upstream.Name, "queue_timeout");
            foreach (var server in upstream.Servers.All)
            {
                Collect(collector, upstream.Name, server);
            }
        }
    }

    private static void Collect(MetricsCollector collector, string upstream, UpstreamServer server)
    {
        var metrics = server.State.Metrics;
        var label = server.Label;
        for (var i = 0; i < CodeClass.Count; i++)
        {
            var count = metrics.Requests(i).Value;
            if (i > 0 || count > 0)
            {
                collector.Add(MetricFamilies.UpstreamRequests, count, upstream, label, CodeClass.Name(i));
            }
        }

        for (var i = 0; i < FailureNames.Length; i++)
        {
            collector.Add(MetricFamilies.UpstreamFailures, metrics.Failures((UpstreamFailure)i).Value, upstream, label, FailureNames[i]);
        }

        var connections = server.State.Connections;
        collector.Add(MetricFamilies.UpstreamResponseDuration, metrics.ResponseTime, upstream, label);
        collector.Add(MetricFamilies.UpstreamRetries, metrics.Retries.Value, upstream, label);
        collector.Add(MetricFamilies.UpstreamEjections, metrics.Ejections.Value, upstream, label);
        collector.Add(MetricFamilies.UpstreamSentBytes, metrics.BytesSent.Value, upstream, label);
        collector.Add(MetricFamilies.UpstreamReceivedBytes, metrics.BytesReceived.Value, upstream, label);
        collector.Add(MetricFamilies.UpstreamConnectionsActive, Math.Max(0, connections.Open - connections.Idle), upstream, label);
        collector.Add(MetricFamilies.UpstreamConnectionsIdle, connections.Idle, upstream, label);
        collector.AddFlag(MetricFamilies.UpstreamServerUp, !server.Config.Down && !server.IsEjected, upstream, label);
        collector.Add(MetricFamilies.UpstreamServerWeight, server.Config.Weight, upstream, label);
    }
}
