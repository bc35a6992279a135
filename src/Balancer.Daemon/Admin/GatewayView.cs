using System.Buffers;
using System.Text;
using System.Text.Json;
using Balancer.Daemon.CommandLine;
using Balancer.Proxy;

namespace Balancer.Daemon.Admin;

/// <summary>The running gateway as the admin endpoint shows it.</summary>
internal sealed class GatewayView(GatewayHost host) : IGatewayView
{
    /// <inheritdoc/>
    public Readiness Readiness => new(host.IsDraining, []);

    /// <inheritdoc/>
    public void WriteMetrics(IBufferWriter<byte> output, MetricsFormat format)
    {
        output.Write(Encoding.UTF8.GetBytes($$"""
            # HELP balancer_build_info The version that runs.
            # TYPE balancer_build_info gauge
            balancer_build_info{version="{{ProductVersion.Text}}"} 1

            """));
        if (format == MetricsFormat.OpenMetrics)
        {
            output.Write("# EOF\n"u8);
        }
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
