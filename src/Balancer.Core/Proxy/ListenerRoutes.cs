using Balancer.Configuration;
using Balancer.Routing;
using Balancer.Tls;

namespace Balancer.Proxy;

/// <summary>One listen address of a snapshot and the virtual servers reached by it.</summary>
/// <param name="Listen">The address and its parameters.</param>
/// <param name="Servers">The virtual servers by name.</param>
/// <param name="Requests">Counts the requests that run on the snapshot.</param>
internal sealed record ListenerRoutes(ListenConfig Listen, VirtualServerTable<VirtualServer> Servers, RequestGauge Requests) : ITlsServers
{
    /// <summary>The virtual server for a name a client asks for in its TLS handshake; the default one when it asks for none.</summary>
    public VirtualServer FindServer(ReadOnlySpan<byte> serverName)
    {
        serverName = serverName is [.. var name, (byte)'.'] ? name : serverName;
        return serverName.IsEmpty ? Servers.Default : Servers.Find(serverName).Payload;
    }

    /// <inheritdoc/>
    TlsServer ITlsServers.Find(ReadOnlySpan<byte> serverName)
    {
        // The configuration gives every server of such an address what it needs.
        return FindServer(serverName).Tls ?? throw new InvalidOperationException($"A server of {Listen.EndPoint} has no TLS.");
    }
}
