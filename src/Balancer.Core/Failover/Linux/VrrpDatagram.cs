namespace Balancer.Failover.Linux;

/// <summary>A datagram of IP protocol 112 that was received: where its payload is in the buffer, and what its IP header said.</summary>
internal readonly record struct VrrpDatagram
{
    /// <summary>Where the payload starts in the buffer.</summary>
    public required int Offset { get; init; }

    /// <summary>Bytes of the payload.</summary>
    public required int Length { get; init; }

    /// <summary>Time to live, or hop limit.</summary>
    public required byte Ttl { get; init; }

    /// <summary>Who sent it.</summary>
    public required NetworkAddress Source { get; init; }

    /// <summary>To whom: the multicast group, or an address of this host.</summary>
    public required NetworkAddress Destination { get; init; }
}
