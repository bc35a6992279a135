using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Balancer.Failover.Linux;

/// <summary>
/// A raw socket for IP protocol 112 on one interface and of one family, which hears and speaks multicast and unicast. Needs CAP_NET_RAW.
/// </summary>
/// <remarks>
/// Never blocks, and allocates nothing when it sends and receives. For one thread.
/// Of IPv6 the kernel itself writes the checksum and drops what has a wrong one; of IPv4 both are up to the caller.
/// </remarks>
internal sealed unsafe class VrrpSocket : IDisposable
{
    /// <summary>A buffer that no whole advertisement exceeds: 255 IPv6 addresses, or an IPv4 header with all its options before 255 IPv4 addresses and the authentication of version 2.</summary>
    public const int BufferLength = 4096;

    /// <summary>IPPROTO_VRRP.</summary>
    public const int Protocol = 112;

    private const int TimeToLive = 255;
    private const int InternetControl = 0xC0;

    // TC_PRIO_INTERACTIVE: the first queue of the network card, as the type of service alone would not give it.
    private const int FirstQueue = 6;

    private const int ChecksumOffset = 6;
    private const int ShortestIpv4Header = 20;
    private const int ControlLength = 128;

    private readonly SafeFileHandle _handle;
    private readonly int _descriptor;
    private readonly int _interfaceIndex;

    private VrrpSocket(SafeFileHandle handle, int interfaceIndex, AddressFamily family)
    {
        _handle = handle;
        _descriptor = (int)handle.DangerousGetHandle();
        _interfaceIndex = interfaceIndex;
        Family = family;
        Group = GroupOf(family);
    }

    /// <summary>IPv4 or IPv6.</summary>
    public AddressFamily Family { get; }

    /// <summary>224.0.0.18 or ff02::12.</summary>
    public NetworkAddress Group { get; }

    /// <summary>What is sent comes from this address of the host; no address leaves the choice to the kernel.</summary>
    public NetworkAddress Source { get; set; }

    /// <summary>The descriptor, to be polled for reading.</summary>
    public int Handle => _descriptor;

    /// <summary>The multicast group all virtual routers of a family listen to.</summary>
    public static NetworkAddress GroupOf(AddressFamily family) => family == AddressFamily.InterNetworkV6
        ? NetworkAddress.FromBytes([0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12])
        : NetworkAddress.FromBytes([224, 0, 0, 18]);

    /// <summary>Opens a socket.</summary>
    /// <param name="interfaceIndex">Its interface, by number.</param>
    /// <param name="interfaceName">Its interface, by name.</param>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="source"><see cref="Source"/> to start with.</param>
    /// <param name="socket">The socket, or null when there is an error.</param>
    /// <param name="error">The call that failed and why.</param>
    public static bool TryOpen(
        int interfaceIndex,
        string interfaceName,
        AddressFamily family,
        NetworkAddress? source,
        [NotNullWhen(true)] out VrrpSocket? socket,
        [NotNullWhen(false)] out string? error)
    {
        socket = null;
        var handle = LibC.OpenSocket(SocketAddresses.FamilyOf(family), SocketConstants.TypeRaw, Protocol);
        error = handle.IsInvalid ? LibC.LastError.Describe("socket") : SetUp(handle, interfaceIndex, interfaceName, family);
        if (error is not null)
        {
            handle.Dispose();
            return false;
        }

        socket = new VrrpSocket(handle, interfaceIndex, family) { Source = source ?? default };
        return true;
    }

    /// <summary>Sends an advertisement with a time to live of 255.</summary>
    /// <returns>Why it was not sent; <see cref="Errno.TryAgain"/> and <see cref="Errno.NoBuffers"/> when the interface cannot take it now.</returns>
    public Errno Send(ReadOnlySpan<byte> vrrp, NetworkAddress destination)
    {
        var name = stackalloc byte[SocketAddresses.LongestLength];
        var control = stackalloc byte[ControlLength];
        fixed (byte* payload = vrrp)
        {
            var vector = new IoVector { Start = payload, Length = (nuint)vrrp.Length };
            var message = new MessageHeader
            {
                Name = name,
                NameLength = (uint)SocketAddresses.Write(new Span<byte>(name, SocketAddresses.LongestLength), destination, _interfaceIndex),
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = (nuint)(Source.IsNone ? 0 : WriteSource(new Span<byte>(control, ControlLength))),
            };
            return LibC.SendMessage(_descriptor, &message, SocketConstants.DoNotWait) >= 0 ? Errno.None : LibC.LastError;
        }
    }

    /// <summary>Takes the next datagram, if there is one.</summary>
    /// <param name="buffer">Gets the datagram; <see cref="BufferLength"/> bytes are enough.</param>
    /// <param name="datagram">Where in the buffer the payload is, cut off where the buffer ends.</param>
    /// <returns>False when nothing is there.</returns>
    public bool TryReceive(Span<byte> buffer, out VrrpDatagram datagram)
    {
        var name = stackalloc byte[SocketAddresses.LongestLength];
        var control = stackalloc byte[ControlLength];
        datagram = default;
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var vector = new IoVector { Start = start, Length = (nuint)buffer.Length };
                var message = new MessageHeader
                {
                    Name = name,
                    NameLength = SocketAddresses.LongestLength,
                    Vectors = &vector,
                    VectorCount = 1,
                    Control = control,
                    ControlLength = ControlLength,
                };
                var length = (int)LibC.ReceiveMessage(_descriptor, &message, SocketConstants.DoNotWait);
                if (length < 0)
                {
                    if (LibC.LastError == Errno.Interrupted)
                    {
                        continue;
                    }

                    return false;
                }

                var readable = Family == AddressFamily.InterNetwork
                    ? TryReadIpv4(buffer[..length], out datagram)
                    : TryReadIpv6(length, new ReadOnlySpan<byte>(name, (int)message.NameLength), new ReadOnlySpan<byte>(control, (int)message.ControlLength), out datagram);
                if (readable)
                {
                    return true;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    /// <summary>Reads the IPv4 header that a raw socket gets before the payload.</summary>
    internal static bool TryReadIpv4(ReadOnlySpan<byte> packet, out VrrpDatagram datagram)
    {
        datagram = default;
        if (packet.Length < ShortestIpv4Header || packet[0] >> 4 != 4)
        {
            return false;
        }

        var header = (packet[0] & 0x0F) * 4;
        var total = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]), packet.Length);
        if (header < ShortestIpv4Header || header > total)
        {
            return false;
        }

        datagram = new VrrpDatagram
        {
            Offset = header,
            Length = total - header,
            Ttl = packet[8],
            Source = NetworkAddress.FromBytes(packet.Slice(12, NetworkAddress.Ipv4Length)),
            Destination = NetworkAddress.FromBytes(packet.Slice(16, NetworkAddress.Ipv4Length)),
        };
        return true;
    }

    /// <summary>Reads what the kernel tells of an IPv6 header in control messages (RFC 3542, section 6).</summary>
    internal static bool TryReadIpv6(int length, ReadOnlySpan<byte> name, ReadOnlySpan<byte> control, out VrrpDatagram datagram)
    {
        var hops = -1;
        NetworkAddress destination = default;
        while (control.Length >= sizeof(ControlHeader))
        {
            var header = MemoryMarshal.Read<ControlHeader>(control);
            if (header.Length < (nuint)sizeof(ControlHeader) || header.Length > (nuint)control.Length)
            {
                break;
            }

            var data = control[sizeof(ControlHeader)..(int)header.Length];
            if (header.Level == SocketConstants.LevelIpv6 && header.Type == SocketConstants.Ipv6HopLimit && data.Length >= sizeof(int))
            {
                hops = MemoryMarshal.Read<int>(data);
            }
            else if (header.Level == SocketConstants.LevelIpv6 && header.Type == SocketConstants.Ipv6PacketInformation && data.Length >= NetworkAddress.Ipv6Length)
            {
                destination = NetworkAddress.FromBytes(data[..NetworkAddress.Ipv6Length]);
            }

            control = control[Math.Min(Align((int)header.Length), control.Length)..];
        }

        var source = SocketAddresses.ReadIpv6(name);
        datagram = new VrrpDatagram { Offset = 0, Length = length, Ttl = (byte)Math.Clamp(hops, 0, 255), Source = source, Destination = destination };
        return hops >= 0 && !source.IsNone && !destination.IsNone;
    }

    private static string? SetUp(SafeFileHandle handle, int interfaceIndex, string interfaceName, AddressFamily family)
    {
        var name = Encoding.UTF8.GetBytes(interfaceName + '\0');
        if (LibC.SetOption(handle, SocketConstants.LevelSocket, SocketConstants.BindToDevice, name) is var bind and not Errno.None)
        {
            return bind.Describe($"SO_BINDTODEVICE {interfaceName}");
        }

        var error = family == AddressFamily.InterNetworkV6 ? SetUpIpv6(handle, interfaceIndex) : SetUpIpv4(handle, interfaceIndex);
        if (error is not null)
        {
            return error;
        }

        // After the type of service, which sets it as well.
        return Set(handle, SocketConstants.LevelSocket, SocketConstants.Priority, FirstQueue, "SO_PRIORITY");
    }

    private static string? SetUpIpv4(SafeFileHandle handle, int interfaceIndex)
    {
        // struct ip_mreqn: group, source, interface.
        Span<byte> membership = stackalloc byte[12];
        Span<byte> sending = stackalloc byte[12];
        membership.Clear();
        sending.Clear();
        GroupOf(AddressFamily.InterNetwork).CopyTo(membership);
        MemoryMarshal.Write(membership[8..], in interfaceIndex);
        MemoryMarshal.Write(sending[8..], in interfaceIndex);

        const int Level = SocketConstants.LevelIpv4;
        return Set(handle, Level, SocketConstants.Ipv4AddMembership, membership, "IP_ADD_MEMBERSHIP")
            ?? Set(handle, Level, SocketConstants.Ipv4MulticastInterface, sending, "IP_MULTICAST_IF")
            ?? Set(handle, Level, SocketConstants.Ipv4MulticastAll, 0, "IP_MULTICAST_ALL")
            ?? Set(handle, Level, SocketConstants.Ipv4MulticastLoop, 0, "IP_MULTICAST_LOOP")
            ?? Set(handle, Level, SocketConstants.Ipv4MulticastTimeToLive, TimeToLive, "IP_MULTICAST_TTL")
            ?? Set(handle, Level, SocketConstants.Ipv4TimeToLive, TimeToLive, "IP_TTL")
            ?? Set(handle, Level, SocketConstants.Ipv4TypeOfService, InternetControl, "IP_TOS");
    }

    private static string? SetUpIpv6(SafeFileHandle handle, int interfaceIndex)
    {
        // struct ipv6_mreq: group, interface.
        Span<byte> membership = stackalloc byte[20];
        GroupOf(AddressFamily.InterNetworkV6).CopyTo(membership);
        MemoryMarshal.Write(membership[NetworkAddress.Ipv6Length..], in interfaceIndex);

        const int Level = SocketConstants.LevelIpv6;
        return Set(handle, Level, SocketConstants.Ipv6AddMembership, membership, "IPV6_ADD_MEMBERSHIP")
            ?? Set(handle, Level, SocketConstants.Ipv6MulticastInterface, interfaceIndex, "IPV6_MULTICAST_IF")
            ?? Set(handle, Level, SocketConstants.Ipv6MulticastAll, 0, "IPV6_MULTICAST_ALL")
            ?? Set(handle, Level, SocketConstants.Ipv6MulticastLoop, 0, "IPV6_MULTICAST_LOOP")
            ?? Set(handle, Level, SocketConstants.Ipv6MulticastHops, TimeToLive, "IPV6_MULTICAST_HOPS")
            ?? Set(handle, Level, SocketConstants.Ipv6UnicastHops, TimeToLive, "IPV6_UNICAST_HOPS")
            ?? Set(handle, Level, SocketConstants.Ipv6TrafficClass, InternetControl, "IPV6_TCLASS")
            ?? Set(handle, Level, SocketConstants.Ipv6Checksum, ChecksumOffset, "IPV6_CHECKSUM")
            ?? Set(handle, Level, SocketConstants.Ipv6ReceiveHopLimit, 1, "IPV6_RECVHOPLIMIT")
            ?? Set(handle, Level, SocketConstants.Ipv6ReceivePacketInformation, 1, "IPV6_RECVPKTINFO")

            // That of a macvlan sends from the link-local address of its parent.
            ?? Set(handle, Level, SocketConstants.Ipv6FreeBind, 1, "IPV6_FREEBIND");
    }

    private static string? Set(SafeFileHandle handle, int level, int option, int value, string what) =>
        LibC.SetOption(handle, level, option, value) is var error and not Errno.None ? error.Describe(what) : null;

    private static string? Set(SafeFileHandle handle, int level, int option, ReadOnlySpan<byte> value, string what) =>
        LibC.SetOption(handle, level, option, value) is var error and not Errno.None ? error.Describe(what) : null;

    private static int Align(int length) => (length + sizeof(nuint) - 1) & ~(sizeof(nuint) - 1);

    /// <summary>Writes the control message that says where a datagram comes from: struct in_pktinfo or in6_pktinfo.</summary>
    private int WriteSource(Span<byte> control)
    {
        var ipv6 = Source.IsIpv6;
        var length = sizeof(ControlHeader) + (ipv6 ? 20 : 12);
        var header = new ControlHeader
        {
            Length = (nuint)length,
            Level = ipv6 ? SocketConstants.LevelIpv6 : SocketConstants.LevelIpv4,
            Type = ipv6 ? SocketConstants.Ipv6PacketInformation : SocketConstants.Ipv4PacketInformation,
        };
        control[..Align(length)].Clear();
        MemoryMarshal.Write(control, in header);
        var data = control[sizeof(ControlHeader)..];
        if (ipv6)
        {
            Source.CopyTo(data);
            MemoryMarshal.Write(data[NetworkAddress.Ipv6Length..], in _interfaceIndex);
        }
        else
        {
            MemoryMarshal.Write(data, in _interfaceIndex);
            Source.CopyTo(data[sizeof(int)..]);
        }

        return Align(length);
    }
}
