using Balancer.Configuration;
using Balancer.Limits;
using Balancer.Observability.Logging;
using Balancer.Observability.Tracing;
using Balancer.Proxy.HealthChecking;
using Balancer.Routing;
using Balancer.Upstreams;

namespace Balancer.Proxy;

/// <summary>The snapshot all requests run on: immutable, compiled from one configuration, replaced as a whole at a reload.</summary>
/// <param name="Config">The configuration.</param>
/// <param name="Upstreams">The pools.</param>
/// <param name="Servers">The virtual servers in the order of the file.</param>
/// <param name="Listeners">The listen addresses, each once.</param>
/// <param name="AccessLogs">The access logs.</param>
/// <param name="Spans">Where its spans go; null without.</param>
/// <param name="LimitZones">The zones of limits.</param>
/// <param name="Checks">The active checks of its pools.</param>
/// <param name="Requests">The requests that run on this snapshot.</param>
internal sealed record Gateway(GatewayConfig Config, UpstreamRegistry Upstreams, IReadOnlyList<VirtualServer> Servers, IReadOnlyList<ListenerRoutes> Listeners, AccessLogSet AccessLogs, SpanExport? Spans, IReadOnlyList<LimitZone> LimitZones, IReadOnlyList<HealthCheck> Checks, RequestGauge Requests);
