using System.Runtime.InteropServices;

namespace Balancer.Failover.Linux;

/// <summary>What the kernel says of a network interface.</summary>
internal sealed record LinkInfo
{
    /// <summary>Its number.</summary>
    public required int Index { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its hardware address.</summary>
    public MacAddress Hardware { get; init; }

    /// <summary>Whether it is set up.</summary>
    public bool IsUp { get; init; }

    /// <summary>Whether it is set up and has a carrier: what is sent has a chance to arrive.</summary>
    public bool IsUpAndRunning { get; init; }

    /// <summary>The interface it is made on, by number; 0 for none.</summary>
    public int Parent { get; init; }

    /// <summary>What kind of virtual interface it is, as in "macvlan"; empty for hardware.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The IPv4 settings of the interface (net.ipv4.conf), by their number minus one.</summary>
    public int[] Ipv4Settings { get; init; } = [];

    /// <summary>Reads an RTM_NEWLINK; null when it is none.</summary>
    public static LinkInfo? Read(ReadOnlySpan<byte> payload)
    {
        if (!MemoryMarshal.TryRead<LinkMessage>(payload, out var header))
        {
            return null;
        }

        var link = new LinkInfo
        {
            Index = header.Index,
            Name = "",
            IsUp = (header.Flags & NetlinkConstants.InterfaceUp) != 0,
            IsUpAndRunning = header.IsUpAndRunning,
        };
        var attributes = payload[Marshal.SizeOf<LinkMessage>()..];
        while (NetlinkAttribute.TryRead(ref attributes, out var attribute))
        {
            link = attribute.Type switch
            {
                NetlinkConstants.LinkName => link with { Name = attribute.Text },
                NetlinkConstants.LinkAddress when attribute.Value.Length == MacAddress.Length => link with { Hardware = MacAddress.FromBytes(attribute.Value) },
                NetlinkConstants.LinkParent => link with { Parent = attribute.Number<int>() },
                NetlinkConstants.LinkInformation => link with { Kind = KindOf(attribute.Value) },
                NetlinkConstants.LinkFamilySpecific => link with { Ipv4Settings = SettingsOf(attribute.Value) },
                _ => link,
            };
        }

        return link.Name.Length > 0 ? link : null;
    }

    private static string KindOf(ReadOnlySpan<byte> information)
    {
        while (NetlinkAttribute.TryRead(ref information, out var attribute))
        {
            if (attribute.Type == NetlinkConstants.LinkKind)
            {
                return attribute.Text;
            }
        }

        return "";
    }

    private static int[] SettingsOf(ReadOnlySpan<byte> specific)
    {
        var ipv4 = NetlinkAttribute.Find(specific, SocketConstants.FamilyIpv4);
        return MemoryMarshal.Cast<byte, int>(NetlinkAttribute.Find(ipv4, NetlinkConstants.Ipv4Settings)).ToArray();
    }
}
