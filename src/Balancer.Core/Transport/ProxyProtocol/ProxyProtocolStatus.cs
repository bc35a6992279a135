namespace Balancer.Transport.ProxyProtocol;

/// <summary>What came out of a look at the first bytes of a connection.</summary>
internal enum ProxyProtocolStatus : byte
{
    /// <summary>All is well so far.</summary>
    NeedMore,

    /// <summary>The header is complete.</summary>
    Complete,

    /// <summary>There is no valid header; the connection is closed.</summary>
    Invalid,
}
