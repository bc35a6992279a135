using System.Buffers.Binary;
using System.Net.Sockets;

namespace Balancer.Failover;

/// <summary>
/// Writes and reads the advertisements of one virtual router.
/// <code>
///   version 3 (RFC 9568)                              version 2 (RFC 3768)
///   0x31 | id | priority | count | interval | sum     0x21 | id | priority | count | kind, interval | sum
///   addresses, 4 or 16 bytes each                     addresses, 4 bytes each; 8 bytes of authentication
/// </code>
/// The interval of version 3 has 12 bits of centiseconds, that of version 2 is 8 bits of seconds.
/// </summary>
internal sealed class VrrpCodec
{
    /// <summary>The number of the protocol above IP.</summary>
    public const byte Protocol = 112;

    /// <summary>Room for any advertisement of ours.</summary>
    public const int MaxLength = HeadLength + (MaxAddresses * 16) + AuthenticationLength;

    /// <summary>Addresses of one router.</summary>
    public const int MaxAddresses = 64;

    private const int HeadLength = 8;
    private const int AuthenticationLength = 8;
    private const int ChecksumOffset = 6;
    private const byte Advertisement = 1;
    private const byte RightTtl = 255;
    private const long Centisecond = 10_000;
    private const long Second = 1_000_000;

    private readonly byte[] _authentication = new byte[AuthenticationLength];
    private readonly byte _version;
    private readonly byte _id;
    private readonly byte _kind;
    private readonly NetworkAddress[] _addresses;
    private readonly bool _omitsPseudoHeader;

    /// <param name="version">2 or 3.</param>
    /// <param name="id">The id of the virtual router, 1 to 255.</param>
    /// <param name="addresses">Its addresses, all of one family, in the order sent.</param>
    /// <param name="password">Of version 2, up to 8 bytes; null has none.</param>
    /// <param name="omitsPseudoHeader">Whether the checksum of version 3 over IPv4 leaves the pseudo-header out, as some implementations read the RFC.</param>
    public VrrpCodec(byte version, byte id, ReadOnlySpan<NetworkAddress> addresses, byte[]? password, bool omitsPseudoHeader)
    {
        _version = version;
        _id = id;
        _addresses = addresses.ToArray();
        _omitsPseudoHeader = omitsPseudoHeader;
        _kind = password is null ? (byte)0 : (byte)1;
        password?.CopyTo(_authentication, 0);
    }

    private int AddressLength => _addresses.Length > 0 ? _addresses[0].Length : 4;

    private int Length => HeadLength + (_addresses.Length * AddressLength) + (_version == 2 ? AuthenticationLength : 0);

    /// <summary>Writes an advertisement.</summary>
    /// <param name="output">At least <see cref="MaxLength"/> bytes.</param>
    /// <param name="priority">0 gives up.</param>
    /// <param name="interval">Microseconds; whole centiseconds, in version 2 whole seconds.</param>
    /// <param name="source">The address it is sent from.</param>
    /// <param name="destination">The address it is sent to.</param>
    /// <returns>Its length.</returns>
    public int Write(Span<byte> output, byte priority, long interval, in NetworkAddress source, in NetworkAddress destination)
    {
        var packet = output[..Length];
        packet[0] = (byte)((_version << 4) | Advertisement);
        packet[1] = _id;
        packet[2] = priority;
        packet[3] = (byte)_addresses.Length;
        if (_version == 2)
        {
            packet[4] = _kind;
            packet[5] = (byte)(interval / Second);
            _authentication.CopyTo(packet[^AuthenticationLength..]);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)(interval / Centisecond));
        }

        var at = HeadLength;
        foreach (var address in _addresses)
        {
            address.CopyTo(packet[at..]);
            at += address.Length;
        }

        packet[ChecksumOffset] = packet[ChecksumOffset + 1] = 0;
        var sum = HasPseudoHeader && !_omitsPseudoHeader ? PseudoHeader(source, destination, packet.Length) : 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet[ChecksumOffset..], InternetChecksum.Finish(InternetChecksum.Add(sum, packet)));
        return packet.Length;
    }

    /// <summary>Reads an advertisement.</summary>
    /// <param name="packet">What follows the IP header.</param>
    /// <param name="ttl">TTL or hop limit it arrived with.</param>
    /// <param name="source">Who sent it.</param>
    /// <param name="destination">Whom to: a multicast address, or ours.</param>
    /// <param name="ownInterval">Our interval in microseconds, which version 2 demands to be equal.</param>
    /// <param name="advertisement">What it says, when it is to be heeded.</param>
    public VrrpDrop TryRead(ReadOnlySpan<byte> packet, byte ttl, in NetworkAddress source, in NetworkAddress destination, long ownInterval, out VrrpAdvertisement advertisement)
    {
        advertisement = default;
        if (destination.IsMulticast && ttl != RightTtl)
        {
            return VrrpDrop.Ttl;
        }

        if (packet.Length < HeadLength)
        {
            return VrrpDrop.Length;
        }

        if (packet[0] >> 4 != _version)
        {
            return VrrpDrop.Version;
        }

        if ((packet[0] & 0xF) != Advertisement)
        {
            return VrrpDrop.Type;
        }

        if (packet[1] != _id)
        {
            return VrrpDrop.RouterId;
        }

        if (source.Length != AddressLength || packet.Length != HeadLength + (packet[3] * AddressLength) + (_version == 2 ? AuthenticationLength : 0))
        {
            return VrrpDrop.Length;
        }

        if (!IsChecksumRight(packet, source, destination))
        {
            return VrrpDrop.Checksum;
        }

        if (_version == 2 && (packet[4] != _kind || !packet[^AuthenticationLength..].SequenceEqual(_authentication)))
        {
            return VrrpDrop.Authentication;
        }

        var interval = _version == 2 ? packet[5] * Second : (BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) & 0xFFF) * Centisecond;
        if (interval == 0 || (_version == 2 && interval != ownInterval))
        {
            return VrrpDrop.Interval;
        }

        if (!HasOurAddresses(packet))
        {
            return VrrpDrop.Addresses;
        }

        advertisement = new VrrpAdvertisement(source, packet[2], interval);
        return VrrpDrop.None;
    }

    private bool HasPseudoHeader => _version == 3;

    private static uint PseudoHeader(in NetworkAddress source, in NetworkAddress destination, int length)
    {
        Span<byte> bytes = stackalloc byte[16];
        source.CopyTo(bytes);
        var sum = InternetChecksum.Add(0, bytes[..source.Length]);
        destination.CopyTo(bytes);
        sum = InternetChecksum.Add(sum, bytes[..destination.Length]);
        return InternetChecksum.Add(InternetChecksum.Add(sum, (uint)length), Protocol);
    }

    /// <summary>RFC 9568 section 5.2.8 is read in both ways over IPv4, so both are heeded.</summary>
    private bool IsChecksumRight(ReadOnlySpan<byte> packet, in NetworkAddress source, in NetworkAddress destination)
    {
        var bare = InternetChecksum.Add(0, packet);
        if (InternetChecksum.Finish(bare) == 0 && (!HasPseudoHeader || source.Family == AddressFamily.InterNetwork))
        {
            return true;
        }

        return HasPseudoHeader && InternetChecksum.Finish(InternetChecksum.Add(PseudoHeader(source, destination, packet.Length), packet)) == 0;
    }

    private bool HasOurAddresses(ReadOnlySpan<byte> packet)
    {
        if (packet[3] != _addresses.Length)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        foreach (var address in _addresses)
        {
            address.CopyTo(bytes);
            var isThere = false;
            for (var i = 0; i < packet[3] && !isThere; i++)
            {
                isThere = packet.Slice(HeadLength + (i * address.Length), address.Length).SequenceEqual(bytes[..address.Length]);
            }

            if (!isThere)
            {
                return false;
            }
        }

        return true;
    }
}
