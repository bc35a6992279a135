using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Balancer.Failover.Linux;

/// <summary>Writes and reads the kernel's socket addresses. Their first field is in the order of the processor, addresses are in network order.</summary>
internal static class SocketAddresses
{
    /// <summary>The longest one: struct sockaddr_in6.</summary>
    public const int LongestLength = Ipv6Length;

    private const int Ipv4Length = 16;
    private const int Ipv6Length = 28;
    private const int Ipv4Offset = 4;
    private const int Ipv6Offset = 8;
    private const int ScopeOffset = 24;

    /// <summary>The kernel's number of an address family, which differs from the framework's for IPv6.</summary>
    public static int FamilyOf(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? SocketConstants.FamilyIpv6 : SocketConstants.FamilyIpv4;

    /// <summary>Writes struct sockaddr_in or sockaddr_in6 with port 0.</summary>
    /// <param name="destination">At least <see cref="LongestLength"/> bytes.</param>
    /// <param name="address">The address.</param>
    /// <param name="interfaceIndex">Where a link-local IPv6 address is valid.</param>
    /// <returns>The bytes written.</returns>
    public static int Write(Span<byte> destination, NetworkAddress address, int interfaceIndex)
    {
        destination = destination[..LongestLength];
        destination.Clear();
        WriteNative(destination, (ushort)FamilyOf(address.Family));
        address.CopyTo(destination[(address.IsIpv6 ? Ipv6Offset : Ipv4Offset)..]);
        if (!address.IsIpv6)
        {
            return Ipv4Length;
        }

        if (address.IsLinkLocal || address.IsMulticast)
        {
            WriteNative(destination[ScopeOffset..], (uint)interfaceIndex);
        }

        return Ipv6Length;
    }

    /// <summary>Reads struct sockaddr_in6; no address when it is another.</summary>
    public static NetworkAddress ReadIpv6(ReadOnlySpan<byte> source) =>
        source.Length >= Ipv6Length && MemoryMarshal.Read<ushort>(source) == SocketConstants.FamilyIpv6
            ? NetworkAddress.FromBytes(source.Slice(Ipv6Offset, NetworkAddress.Ipv6Length))
            : default;

    /// <summary>Writes struct sockaddr_ll for a frame that brings its own addresses.</summary>
    /// <param name="destination">At least <see cref="LinkLayerLength"/> bytes.</param>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="etherType">The type of the frame.</param>
    public static void WriteLinkLayer(Span<byte> destination, int interfaceIndex, ushort etherType)
    {
        destination = destination[..LinkLayerLength];
        destination.Clear();
        WriteNative(destination, (ushort)SocketConstants.FamilyPacket);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], etherType);
        WriteNative(destination[4..], (uint)interfaceIndex);
    }

    /// <summary>Bytes of struct sockaddr_ll.</summary>
    public const int LinkLayerLength = 20;

    /// <summary>Writes struct sockaddr_nl of this process.</summary>
    /// <param name="destination">At least <see cref="NetlinkLength"/> bytes.</param>
    /// <param name="groups">The notifications wanted, as a mask.</param>
    public static void WriteNetlink(Span<byte> destination, uint groups)
    {
        destination = destination[..NetlinkLength];
        destination.Clear();
        WriteNative(destination, (ushort)SocketConstants.FamilyNetlink);
        WriteNative(destination[8..], groups);
    }

    /// <summary>Bytes of struct sockaddr_nl.</summary>
    public const int NetlinkLength = 12;

    private static void WriteNative<T>(Span<byte> destination, T value)
        where T : unmanaged =>
        MemoryMarshal.Write(destination, in value);
}
