using System.Buffers.Binary;

namespace Balancer.Failover.Linux;

/// <summary>An unsolicited neighbour advertisement: tells everybody on an Ethernet segment which hardware has an IPv6 address now (RFC 4861, section 7.2.6).</summary>
internal static class NeighbourAdvertisementFrame
{
    /// <summary>Bytes of the frame.</summary>
    public const int Length = EthernetLength + Ipv6Length + MessageLength;

    /// <summary>The type of the frame.</summary>
    public const ushort EtherType = 0x86DD;

    private const int EthernetLength = 14;
    private const int Ipv6Length = 40;
    private const int MessageLength = 32;
    private const uint Version6 = 0x6000_0000;
    private const byte Icmp = 58;
    private const byte HopLimit = 255;
    private const byte NeighbourAdvertisement = 136;
    private const byte Override = 0x20;
    private const byte TargetLinkLayerAddress = 2;

    /// <summary>Writes an advertisement from the address to all nodes, with the override flag.</summary>
    /// <returns><see cref="Length"/>.</returns>
    public static int Write(Span<byte> frame, MacAddress hardware, NetworkAddress address)
    {
        ReadOnlySpan<byte> allNodes = [0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        ReadOnlySpan<byte> allNodesHardware = [0x33, 0x33, 0, 0, 0, 1];
        frame = frame[..Length];
        frame.Clear();
        allNodesHardware.CopyTo(frame);
        hardware.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], EtherType);

        var ip = frame.Slice(EthernetLength, Ipv6Length);
        BinaryPrimitives.WriteUInt32BigEndian(ip, Version6);
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], MessageLength);
        ip[6] = Icmp;
        ip[7] = HopLimit;
        address.CopyTo(ip[8..]);
        allNodes.CopyTo(ip[24..]);

        var message = frame[(EthernetLength + Ipv6Length)..];
        message[0] = NeighbourAdvertisement;
        message[4] = Override;
        address.CopyTo(message[8..]);
        message[24] = TargetLinkLayerAddress;
        message[25] = 1; // in units of 8 bytes
        hardware.CopyTo(message[26..]);

        // The pseudo-header (RFC 8200, section 8.1): both addresses, the length, the protocol.
        var sum = InternetChecksum.Add(MessageLength + Icmp, ip[8..]);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.Finish(InternetChecksum.Add(sum, message)));
        return Length;
    }
}
