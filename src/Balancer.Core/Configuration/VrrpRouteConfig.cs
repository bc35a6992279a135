using System.Net;

namespace Balancer.Configuration;

/// <summary>A line of <c>virtual_routes</c>.</summary>
/// <param name="Destination">The first address of the network it leads to, which decides the family.</param>
/// <param name="PrefixLength">Bits of that network. 32 or 128 when not written, 0 of the default route.</param>
public sealed record VrrpRouteConfig(IPAddress Destination, int PrefixLength)
{
    /// <summary>The number of the main routing table.</summary>
    public const uint MainTable = 254;

    /// <summary><c>via</c>: the next router; null when the network is on the link.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary><c>dev</c>: the interface it leaves by; null is that of the instance.</summary>
    public string? Device { get; init; }

    /// <summary><c>src</c>: the address packets that have none yet get; null leaves it to the kernel.</summary>
    public IPAddress? Source { get; init; }

    /// <summary><c>metric</c>: the lower is preferred; null is the kernel's own choice.</summary>
    public uint? Metric { get; init; }

    /// <summary><c>table</c>: the routing table, from 1; null is the main one.</summary>
    public uint? Table { get; init; }

    /// <summary>What the kernel has one route for, as in "192.0.2.0/24 metric 100 table 254".</summary>
    public string Key => $"{Destination}/{PrefixLength} metric {Metric ?? 0} table {Table ?? MainTable}";
}
