using Balancer.Http;

namespace Balancer.Transport.ProxyProtocol;

/// <summary>A PROXY protocol header.</summary>
/// <param name="Length">How many bytes it has; the client's own bytes follow.</param>
/// <param name="Source">The client; null when the header names none (UNKNOWN, LOCAL, an address family other than IP): then the peer is the client.</param>
/// <param name="Destination">Where the client connected to; null with <paramref name="Source"/>.</param>
internal readonly record struct ProxyProtocolHeader(int Length, ClientAddress? Source, ClientAddress? Destination);
