namespace Balancer.Tls;

/// <summary>The virtual servers of one listen address, as a handshake sees them.</summary>
internal interface ITlsServers
{
    /// <summary>The server for a name the client asks for; the default one for an empty name or one that nobody has.</summary>
    /// <param name="serverName">The name, in any case.</param>
    TlsServer Find(ReadOnlySpan<byte> serverName);
}
