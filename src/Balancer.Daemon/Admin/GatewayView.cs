using System.Buffers;
using System.Text.Json;
using Balancer.Daemon.CommandLine;
using Balancer.Observability.Metrics;
using Balancer.Proxy;

namespace Balancer.Daemon.Admin;

/// <summary>The running gateway as the admin endpoint shows it.</summary>
internal sealed class GatewayView(GatewayHost host) : IGatewayView
{
    /// <inheritdoc/>
    public Readiness Readiness => new(host.IsDraining, [.. host.Pools.Where(pool => !pool.IsAvailable).Select(pool => pool.Name)]);

    /// <inheritdoc/>
    public void WriteMetrics(IBufferWriter<byte> output, MetricsFormat format)
    {
        IMetricsTextWriter writer = format == MetricsFormat.OpenMetrics ? PrometheusTextWriter.OpenMetrics : PrometheusTextWriter.Prometheus;
        writer.Write(host.Metrics.Collect(), output);
    }

    /// <inheritdoc/>
    public void WriteStatus(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("version", ProductVersion.Text);
        json.WriteBoolean("draining", host.IsDraining);
        json.WriteEndObject();
    }
}
