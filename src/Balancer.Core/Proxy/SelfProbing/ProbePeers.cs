using System.Collections.Concurrent;
using System.Net;

namespace Balancer.Proxy.SelfProbing;

/// <summary>
/// The ends of the connections that the gateway opens to itself. Each is bound before it connects: while it is here nobody else on this host can have it,
/// and from another host nobody can finish a handshake with an address of this one. So no client can pass for a probe. Any thread.
/// </summary>
internal sealed class ProbePeers
{
    private readonly ConcurrentDictionary<EndPoint, byte> _peers = new();

    /// <summary>Adds an end that is about to connect.</summary>
    public void Add(EndPoint peer) => _peers.TryAdd(peer, 0);

    /// <summary>Removes an end before it is closed.</summary>
    public void Remove(EndPoint peer) => _peers.TryRemove(peer, out _);

    /// <summary>Whether the other end of a connection is the gateway itself.</summary>
    public bool Has(EndPoint? peer) => peer is not null && _peers.ContainsKey(peer);
}
