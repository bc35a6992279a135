using Balancer.Infrastructure;
using Balancer.Observability.Metrics;

namespace Balancer.Upstreams;

/// <summary>The metrics of all pools of the snapshot in use.</summary>
/// <param name="upstreams">Gives the pools; asked at every scrape.</param>
internal sealed class UpstreamMetrics(Func<IReadOnlyList<Upstream>> upstreams) : IMetricsSource
{
    private static readonly string[] FailureNames = [.. Enum.GetNames<UpstreamFailure>().Select(SnakeCase.Of)];

    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        foreach (var upstream in upstreams())
        {
            var state = upstream.State;
            collector.Add(MetricFamilies.UpstreamQueueLength, state.Queue.Count, upstream.Name);
            collector.Add(MetricFamilies.UpstreamPickFailures, state.NoLiveServer.Value, upstream.Name, "no_live_server");
            collector.Add(MetricFamilies.UpstreamPickFailures, state.AllBusy.Value, upstream.Name, "all_busy");
            collector.Add(MetricFamilies.UpstreamPickFailures, state.Queue.Overflows.Value, upstream.Name, "queue_full");
            collector.Add(MetricFamilies.UpstreamPickFailures, state.Queue.Timeouts.Value, upstream.Name, "queue_timeout");
            foreach (var server in upstream.Servers.All)
            {
                Collect(upstream.Name, server, collector);
            }
        }
    }

    private static void Collect(string upstream, UpstreamServer server, MetricsCollector collector)
    {
        var label = server.Label;
        var metrics = server.State.Metrics;
        for (var i = 0; i < CodeClass.Count; i++)
        {
            collector.Add(MetricFamilies.UpstreamRequests, metrics.Requests(i).Value, upstream, label, CodeClass.Name(i));
        }

        collector.Add(MetricFamilies.UpstreamResponseDuration, metrics.ResponseTime, upstream, label);
        for (var i = 0; i < FailureNames.Length; i++)
        {
            collector.Add(MetricFamilies.UpstreamFailures, metrics.Failures((UpstreamFailure)i).Value, upstream, label, FailureNames[i]);
        }

        collector.Add(MetricFamilies.UpstreamRetries, metrics.Retries.Value, upstream, label);
        collector.Add(MetricFamilies.UpstreamEjections, metrics.Ejections.Value, upstream, label);
        collector.Add(MetricFamilies.UpstreamHealthChecks, metrics.ChecksPassed.Value, upstream, label, "passed");
        collector.Add(MetricFamilies.UpstreamHealthChecks, metrics.ChecksFailed.Value, upstream, label, "failed");
        collector.Add(MetricFamilies.UpstreamSentBytes, metrics.BytesSent.Value, upstream, label);
        collector.Add(MetricFamilies.UpstreamReceivedBytes, metrics.BytesReceived.Value, upstream, label);

        // Idle first: a connection taken in between then counts as active, and the difference is never negative for long.
        var idle = server.State.Connections.Idle;
        collector.Add(MetricFamilies.UpstreamConnectionsActive, Math.Max(0, server.State.Connections.Open - idle), upstream, label);
        collector.Add(MetricFamilies.UpstreamConnectionsIdle, idle, upstream, label);
        collector.AddFlag(MetricFamilies.UpstreamServerUp, !server.Config.Down && !server.State.IsHeldOut && !server.IsEjected, upstream, label);
        collector.Add(MetricFamilies.UpstreamServerWeight, server.Config.Weight, upstream, label);
    }
}
