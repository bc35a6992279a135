using System.Buffers;

namespace Balancer.Daemon.Admin;

internal sealed class FakeGatewayView : IGatewayView
{
    public Readiness Readiness { get; set; } = new(IsDraining: false, []);

    public Exception? Fault { get; set; }

    public void WriteMetrics(IBufferWriter<byte> output, MetricsFormat format)
    {
        output.Write("half"u8);
        if (Fault is not null)
        {
            throw Fault;
        }

        output.Write(System.Text.Encoding.UTF8.GetBytes($" of {format}\n"));
    }

    public void WriteStatus(IBufferWriter<byte> output) => output.Write("{\"pools\":[]}"u8);
}
