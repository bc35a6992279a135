using System.Runtime.InteropServices;

namespace Balancer.Failover.Linux;

/// <summary>An address of an interface.</summary>
internal readonly record struct InterfaceAddress
{
    /// <summary>The interface, by number.</summary>
    public required int InterfaceIndex { get; init; }

    /// <summary>The address.</summary>
    public required NetworkAddress Address { get; init; }

    /// <summary>Bits of the network part.</summary>
    public required byte PrefixLength { get; init; }

    /// <summary>IFA_F_*.</summary>
    public uint Flags { get; init; }

    /// <summary>Who added it, for kernels that keep it (5.18 and newer): <see cref="Netlink.Mark"/> for this daemon, 0 when it is not known.</summary>
    public byte AddedBy { get; init; }

    /// <summary>Whether another address of the same IPv4 network was there before it.</summary>
    public bool IsSecondary => !Address.IsIpv6 && (Flags & NetlinkConstants.AddressSecondary) != 0;

    /// <summary>Whether it can be sent from: not one whose uniqueness is still looked into, or was found wanting.</summary>
    public bool IsUsable => (Flags & (NetlinkConstants.AddressTentative | NetlinkConstants.AddressDuplicateFailed)) == 0;

    /// <summary>Whether advertisements can come from it: it is the interface's own, and of IPv6 one of the link.</summary>
    public bool CanAdvertise => IsUsable && !IsSecondary && AddedBy != Netlink.Mark && (!Address.IsIpv6 || Address.IsLinkLocal);

    /// <summary>Reads an RTM_NEWADDR or RTM_DELADDR; false when it is of another family or not whole.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out InterfaceAddress address)
    {
        address = default;
        if (!MemoryMarshal.TryRead<AddressMessage>(payload, out var header) || header.Family is not (SocketConstants.FamilyIpv4 or SocketConstants.FamilyIpv6))
        {
            return false;
        }

        NetworkAddress remote = default;
        NetworkAddress local = default;
        uint flags = header.Flags;
        byte addedBy = 0;
        var attributes = payload[Marshal.SizeOf<AddressMessage>()..];
        while (NetlinkAttribute.TryRead(ref attributes, out var attribute))
        {
            switch (attribute.Type)
            {
                case NetlinkConstants.AddressAddress:
                    remote = attribute.Address;
                    break;
                case NetlinkConstants.AddressLocal:
                    local = attribute.Address;
                    break;
                case NetlinkConstants.AddressFlags:
                    flags = attribute.Number<uint>();
                    break;
                case NetlinkConstants.AddressProtocol:
                    addedBy = attribute.Number<byte>();
                    break;
            }
        }

        // Of a point-to-point link the other one is the neighbour's.
        address = new InterfaceAddress
        {
            InterfaceIndex = header.Index,
            Address = local.IsNone ? remote : local,
            PrefixLength = header.PrefixLength,
            Flags = flags,
            AddedBy = addedBy,
        };
        return !address.Address.IsNone && address.Address.IsIpv6 == (header.Family == SocketConstants.FamilyIpv6);
    }
}
