using System.Diagnostics;
using System.Net;
using Balancer.Configuration;
using Balancer.Failover;
using Balancer.Infrastructure;
using Balancer.Observability.Metrics;
using Balancer.Observability.Status;
using Balancer.Proxy;
using Balancer.Routing;
using Balancer.Upstreams;

namespace Balancer.Daemon.Admin;

/// <summary>Reads the state of the gateway for <c>/status</c>.</summary>
internal static class StatusReader
{
    private static readonly DateTimeOffset ProcessStart = Process.GetCurrentProcess().StartTime;

    /// <summary>The state now.</summary>
    public static GatewayStatus Read(GatewayHost host, FailoverHost failover, ConfigurationStatus configuration)
    {
        var snapshot = host.Snapshot;
        var (virtualServers, locations) = snapshot is null ? ([], []) : (ReadServers(snapshot), snapshot.Servers.SelectMany(static server => server.Metrics).ToHashSet());

        // In this order a connection that opens and closes in between makes the result too large, never negative.
        var closed = host.Counters.ConnectionsClosed.Value;
        var accepted = host.Counters.ConnectionsAccepted.Value;
        return new GatewayStatus
        {
            Version = BuildMetrics.Version,
            ProcessId = Environment.ProcessId,
            StartTime = ProcessStart,
            Time = DateTimeOffset.UtcNow,
            IsDraining = host.IsDraining,
            Configuration = configuration,
            Listeners = [.. host.Listeners.Select(static listener => new ListenerStatus(Text(listener.EndPoint)))],
            VirtualServers = virtualServers,
            Upstreams = [.. host.Pools.Select(UpstreamStatusReader.Read)],
            VirtualRouters = [.. failover.Status.Select(Read)],
            Totals = new TotalsStatus(
                accepted,
                accepted - closed,
                locations.Sum(static location => ByClass(location).Sum()),
                host.RequestsRunning,
                locations.Sum(static location => location.ReceivedBytes.Value),
                locations.Sum(static location => location.SentBytes.Value)),
        };
    }

    private static VirtualRouterStatus Read(VrrpStatus router) => new(
        router.Name, router.Interface, router.RouterId, SnakeCase.Of(router.State.ToString()), router.Priority, router.Addresses, router.Since, SnakeCase.Of(router.Reason.ToString()), router.Fault);

    private static List<VirtualServerStatus> ReadServers(Gateway snapshot) =>
        [.. snapshot.Config.Servers.Zip(snapshot.Servers, (config, server) => Read(config, server, snapshot.Config))];

    private static VirtualServerStatus Read(ServerConfig config, VirtualServer server, GatewayConfig gateway) => new(
        [.. config.ServerNames.Select(static name => name.Value)],
        [.. config.Listen.Select(static listen => Text(listen.EndPoint))],
        [.. server.Metrics.Select((metrics, i) => new LocationStatus(metrics.Location, i == 0 ? null : UpstreamOf(config.Locations[i - 1], gateway), ByClass(metrics)))]);

    /// <summary>The pool a location passes to; the address where it names none.</summary>
    private static string? UpstreamOf(LocationConfig location, GatewayConfig gateway)
    {
        if (location.Return is not null || (location.ProxyPass ?? location.GrpcPass) is not { Value: var url })
        {
            return null;
        }

        var start = url.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : 0;
        var end = url.IndexOf('/', start) is var path and >= 0 ? path : url.Length;
        var authority = url[start..end];
        return gateway.Upstreams.FirstOrDefault(upstream => upstream.Name == authority)?.Name ?? authority;
    }

    private static long[] ByClass(LocationMetrics metrics) => [.. Enumerable.Range(0, CodeClass.Count).Select(i => metrics.Requests(i).Value)];

    private static string Text(EndPoint endPoint) => endPoint is IPEndPoint ? endPoint.ToString()! : $"unix:{endPoint}";
}
