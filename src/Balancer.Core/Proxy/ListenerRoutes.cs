using Balancer.Configuration;
using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>One listen address of a snapshot and the virtual servers reached by it.</summary>
/// <param name="Listen">The address and its parameters.</param>
/// <param name="Servers">The virtual servers by name.</param>
/// <param name="Requests">Counts the requests that run on the snapshot.</param>
internal sealed record ListenerRoutes(ListenConfig Listen, VirtualServerTable<VirtualServer> Servers, RequestGauge Requests);
