using System.Buffers;
using Balancer.Failover;
using Balancer.Observability.Metrics;
using Balancer.Observability.Status;
using Balancer.Proxy;

namespace Balancer.Daemon.Admin;

/// <summary>The running gateway as the admin endpoint shows it.</summary>
/// <param name="host">The gateway.</param>
/// <param name="failover">Its virtual routers.</param>
/// <param name="configuration">The configuration in use and how it came there.</param>
internal sealed class GatewayView(GatewayHost host, FailoverHost failover, Func<ConfigurationStatus> configuration) : IGatewayView
{
    /// <inheritdoc/>
    public Readiness Readiness => new(host.IsDraining, [.. host.Pools.Where(static pool => !pool.IsAvailable).Select(static pool => pool.Name)]);

    /// <inheritdoc/>
    public void WriteMetrics(IMetricsTextWriter format, IBufferWriter<byte> output) => format.Write(host.Metrics.Collect(), output);

    /// <inheritdoc/>
    public void WriteStatus(IBufferWriter<byte> output) => StatusWriter.Write(StatusReader.Read(host, failover, configuration()), output);
}
