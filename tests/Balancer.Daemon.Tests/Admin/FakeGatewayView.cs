using System.Buffers;
using Balancer.Observability.Metrics;

namespace Balancer.Daemon.Admin;

internal sealed class FakeGatewayView : IGatewayView
{
    public Readiness Readiness { get; set; } = new(IsDraining: false, []);

    public Exception? Fault { get; set; }

    public void WriteMetrics(IMetricsTextWriter format, IBufferWriter<byte> output)
    {
        output.Write("half"u8);
        if (Fault is not null)
        {
            throw Fault;
        }

        output.Write(System.Text.Encoding.UTF8.GetBytes($" of {(format == PrometheusTextWriter.OpenMetrics ? "OpenMetrics" : "Prometheus")}\n"));
    }

    public void WriteStatus(IBufferWriter<byte> output) => output.Write("{\"pools\":[]}"u8);
}
