using System.Buffers.Binary;
using System.Net;

namespace Balancer.Failover;

/// <summary>An Ethernet frame a gateway has sent.</summary>
/// <param name="Time">When it came through the switch, in milliseconds of the clock of <see cref="Linux.FailoverThread.Now"/>.</param>
/// <param name="Sender">Which gateway.</param>
/// <param name="Bytes">The frame.</param>
internal sealed record CapturedFrame(long Time, SegmentHost Sender, byte[] Bytes)
{
    private const int EthernetLength = 14;
    private const int Ipv6Length = 40;
    private const ushort Ipv4 = 0x0800;
    private const ushort Arp = 0x0806;
    private const ushort Ipv6 = 0x86DD;
    private const byte Icmp6 = 58;
    private const byte NeighbourAdvertisement = 136;

    /// <summary>The hardware address it comes from.</summary>
    public string Hardware => string.Join(':', Bytes[6..12].Select(b => $"{b:x2}"));

    /// <summary>Whether it is a VRRP advertisement.</summary>
    public bool IsVrrp => Protocol == Linux.VrrpSocket.Protocol;

    /// <summary>Whether it announces an address to everybody: a gratuitous ARP, or an unsolicited neighbour advertisement.</summary>
    public bool IsAnnouncement =>
        (EtherType == Arp && Bytes.AsSpan(28, 4).SequenceEqual(Bytes.AsSpan(38, 4))) || (Protocol == Icmp6 && Bytes[EthernetLength + Ipv6Length] == NeighbourAdvertisement);

    /// <summary>The address it announces; null when it announces none.</summary>
    public IPAddress? Announced => !IsAnnouncement ? null : EtherType == Arp ? new IPAddress(Bytes.AsSpan(38, 4)) : new IPAddress(Bytes.AsSpan(EthernetLength + Ipv6Length + 8, 16));

    /// <summary>Of an IP packet, who sent it.</summary>
    public IPAddress Source => EtherType == Ipv6 ? new IPAddress(Bytes.AsSpan(EthernetLength + 8, 16)) : new IPAddress(Bytes.AsSpan(EthernetLength + 12, 4));

    /// <summary>Of an IP packet, to whom.</summary>
    public IPAddress Destination => EtherType == Ipv6 ? new IPAddress(Bytes.AsSpan(EthernetLength + 24, 16)) : new IPAddress(Bytes.AsSpan(EthernetLength + 16, 4));

    /// <summary>Of an IP packet, its time to live or hop limit.</summary>
    public byte TimeToLive => EtherType == Ipv6 ? Bytes[EthernetLength + 7] : Bytes[EthernetLength + 8];

    /// <summary>Of an IP packet, its type of service or traffic class.</summary>
    public byte TypeOfService => EtherType == Ipv6 ? (byte)(BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(EthernetLength)) >> 4) : Bytes[EthernetLength + 1];

    /// <summary>Of an IP packet, what follows its header.</summary>
    public ReadOnlySpan<byte> Payload => EtherType == Ipv6
        ? Bytes.AsSpan(EthernetLength + Ipv6Length, BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(EthernetLength + 4)))
        : Bytes.AsSpan(EthernetLength)[((Bytes[EthernetLength] & 0x0F) * 4)..BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(EthernetLength + 2))];

    private ushort EtherType => BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(12));

    private int Protocol => EtherType switch
    {
        Ipv4 => Bytes[EthernetLength + 9],
        Ipv6 => Bytes[EthernetLength + 6],
        _ => -1,
    };
}
