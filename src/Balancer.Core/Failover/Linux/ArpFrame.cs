using System.Buffers.Binary;

namespace Balancer.Failover.Linux;

/// <summary>A gratuitous ARP: tells everybody on an Ethernet segment which hardware has an IPv4 address now (RFC 5227, section 3).</summary>
internal static class ArpFrame
{
    /// <summary>Bytes of the frame.</summary>
    public const int Length = 42;

    /// <summary>The type of the frame.</summary>
    public const ushort EtherType = 0x0806;

    private const ushort Ethernet = 1;
    private const ushort Ipv4 = 0x0800;
    private const ushort Request = 1;

    /// <summary>Writes a broadcast request whose sender and target are the address.</summary>
    /// <returns><see cref="Length"/>.</returns>
    public static int Write(Span<byte> frame, MacAddress hardware, NetworkAddress address)
    {
        frame = frame[..Length];
        frame.Clear();
        MacAddress.Broadcast.CopyTo(frame);
        hardware.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], EtherType);

        var arp = frame[14..];
        BinaryPrimitives.WriteUInt16BigEndian(arp, Ethernet);
        BinaryPrimitives.WriteUInt16BigEndian(arp[2..], Ipv4);
        arp[4] = MacAddress.Length;
        arp[5] = NetworkAddress.Ipv4Length;
        BinaryPrimitives.WriteUInt16BigEndian(arp[6..], Request);
        hardware.CopyTo(arp[8..]);
        address.CopyTo(arp[14..]);
        address.CopyTo(arp[24..]);
        return Length;
    }
}
