namespace Balancer.Failover;

/// <summary>Why an advertisement was not heeded (RFC 9568 section 7.1).</summary>
internal enum VrrpDrop : byte
{
    /// <summary>It was heeded.</summary>
    None,

    /// <summary>The TTL or hop limit of a multicast packet is not 255: it came through a router.</summary>
    Ttl,

    /// <summary>Shorter or longer than its fields say.</summary>
    Length,

    /// <summary>Another version than the instance speaks.</summary>
    Version,

    /// <summary>No advertisement.</summary>
    Type,

    /// <summary>A wrong checksum.</summary>
    Checksum,

    /// <summary>No instance of the interface has this id.</summary>
    RouterId,

    /// <summary>An interval of zero, or in version 2 another one than ours.</summary>
    Interval,

    /// <summary>Another kind of authentication or another password (version 2).</summary>
    Authentication,

    /// <summary>Another list of addresses than ours.</summary>
    Addresses,

    /// <summary>It claims to come from ourselves.</summary>
    OwnAddress,

    /// <summary>The sender is none of <c>unicast_peer</c>.</summary>
    Source,
}
