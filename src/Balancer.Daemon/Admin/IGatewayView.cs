using System.Buffers;
using Balancer.Observability.Metrics;

namespace Balancer.Daemon.Admin;

/// <summary>What the admin endpoint shows of the running gateway.</summary>
internal interface IGatewayView
{
    /// <summary>Whether the gateway should be sent traffic.</summary>
    Readiness Readiness { get; }

    /// <summary>Writes all metrics.</summary>
    void WriteMetrics(IMetricsTextWriter format, IBufferWriter<byte> output);

    /// <summary>Writes the state of the gateway as a JSON object.</summary>
    void WriteStatus(IBufferWriter<byte> output);
}
