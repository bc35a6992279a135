using System.Net;
using Balancer.Configuration;

namespace Balancer.Upstreams.Resolution;

/// <summary>One address of a <c>server</c> line.</summary>
/// <param name="Config">The line.</param>
/// <param name="EndPoint">The address.</param>
internal readonly record struct ResolvedServer(UpstreamServerConfig Config, EndPoint EndPoint)
{
    /// <summary>The address as text, by which a server is known from snapshot to snapshot.</summary>
    public string Address => UpstreamServer.AddressOf(EndPoint);
}
