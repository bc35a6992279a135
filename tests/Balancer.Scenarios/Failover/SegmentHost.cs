using System.Net;

namespace Balancer.Failover;

/// <summary>A host of a <see cref="Segment"/>: a network namespace whose eth0 is plugged into the switch.</summary>
/// <param name="Name">What it is called on the segment, as in "gw1".</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Number">The last part of its addresses.</param>
internal sealed record SegmentHost(string Name, string Namespace, int Number)
{
    /// <summary>Its IPv4 address, in a network of 24 bits.</summary>
    public IPAddress Address { get; } = new([10, 9, 0, (byte)Number]);

    /// <summary>Its IPv6 address, in a network of 64 bits.</summary>
    public IPAddress Address6 { get; } = IPAddress.Parse($"fd00:9::{Number}");

    /// <summary>Its IPv6 address on the link.</summary>
    public IPAddress LinkLocal { get; } = IPAddress.Parse($"fe80::{Number}");

    /// <summary>Its IPv6 address on the link of its second interface, if it has one.</summary>
    public IPAddress SecondLinkLocal { get; } = IPAddress.Parse($"fe80::1:{Number}");

    /// <summary>The hardware address of its eth0.</summary>
    public string Hardware { get; } = $"02:00:00:00:00:{Number:x2}";

    /// <summary>The port of the switch it is plugged into.</summary>
    public string SwitchPort { get; } = $"to-{Name}";
}
