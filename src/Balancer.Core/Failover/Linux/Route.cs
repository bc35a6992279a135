namespace Balancer.Failover.Linux;

/// <summary>A route that comes and goes with the virtual address.</summary>
internal sealed record Route
{
    /// <summary>The network it leads to; its first address decides the family.</summary>
    public required NetworkAddress Destination { get; init; }

    /// <summary>Bits of the network's part of <see cref="Destination"/>; 0 is the default route.</summary>
    public required int PrefixLength { get; init; }

    /// <summary>The interface it leaves by, by number; 0 when the gateway decides.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>The next router; no address when the network is on the link.</summary>
    public NetworkAddress Gateway { get; init; }

    /// <summary>The address packets that have none yet get; none leaves it to the kernel.</summary>
    public NetworkAddress Source { get; init; }

    /// <summary>The lower is preferred; 0 is the kernel's own choice.</summary>
    public uint Metric { get; init; }

    /// <summary>The routing table; 254 is the main one.</summary>
    public uint Table { get; init; } = 254;
}
