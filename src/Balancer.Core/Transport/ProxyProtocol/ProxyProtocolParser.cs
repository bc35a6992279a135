using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Transport.ProxyProtocol;

/// <summary>
/// Reads the header that a proxy in front sends before anything else (HAProxy's PROXY protocol specification, versions 1 and 2).
/// Strict: a connection without a valid header is refused, never taken for a bare one. TLVs of version 2 are skipped.
/// </summary>
internal static class ProxyProtocolParser
{
    /// <summary>Longest header of version 1, its CRLF included.</summary>
    public const int MaxVersion1Length = 107;

    /// <summary>Longest header of version 2 accepted, TLVs included, as nginx.</summary>
    public const int MaxVersion2Length = 4096;

    private const int Version2Fixed = 16;

    /// <summary>What version 2 starts with.</summary>
    public static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    private static ReadOnlySpan<byte> Version1Start => "PROXY "u8;

    /// <summary>Looks at everything received so far. Refuses as soon as the bytes cannot become a header.</summary>
    public static ProxyProtocolStatus Parse(ReadOnlySpan<byte> data, out ProxyProtocolHeader header)
    {
        header = default;
        if (data.IsEmpty)
        {
            return ProxyProtocolStatus.NeedMore;
        }

        var start = data[0] == 'P' ? Version1Start : Signature;
        if (!data[..Math.Min(data.Length, start.Length)].SequenceEqual(start[..Math.Min(data.Length, start.Length)]))
        {
            return ProxyProtocolStatus.Invalid;
        }

        return data.Length <= start.Length ? ProxyProtocolStatus.NeedMore
            : data[0] == 'P' ? ParseVersion1(data, out header)
            : ParseVersion2(data, out header);
    }

    private static ProxyProtocolStatus ParseVersion1(ReadOnlySpan<byte> data, out ProxyProtocolHeader header)
    {
        header = default;
        var line = data[..Math.Min(data.Length, MaxVersion1Length)];
        var end = line.IndexOfAnyExceptInRange((byte)' ', (byte)'~');
        if (end < 0 || (line[end] == '\r' && end + 1 == line.Length))
        {
            return line.Length < MaxVersion1Length ? ProxyProtocolStatus.NeedMore : ProxyProtocolStatus.Invalid;
        }

        if (line[end] != '\r' || line[end + 1] != '\n')
        {
            return ProxyProtocolStatus.Invalid;
        }

        var text = line[Version1Start.Length..end];
        if (text.StartsWith("UNKNOWN"u8) && (text.Length == 7 || text[7] == ' '))
        {
            header = new(end + 2, null, null);
            return ProxyProtocolStatus.Complete;
        }

        var family = FamilyOf(NextWord(ref text));
        var sourceAddress = NextWord(ref text);
        var destinationAddress = NextWord(ref text);
        var sourcePort = NextWord(ref text);
        if (family == AddressFamily.Unspecified
            || !TryParseAddress(sourceAddress, sourcePort, family, out var source)
            || !TryParseAddress(destinationAddress, text, family, out var destination))
        {
            return ProxyProtocolStatus.Invalid;
        }

        header = new(end + 2, source, destination);
        return ProxyProtocolStatus.Complete;
    }

    private static ReadOnlySpan<byte> NextWord(ref ReadOnlySpan<byte> text)
    {
        var space = text.IndexOf((byte)' ');
        var word = space < 0 ? text : text[..space];
        text = space < 0 ? default : text[(space + 1)..];
        return word;
    }

    private static AddressFamily FamilyOf(ReadOnlySpan<byte> protocol) =>
        protocol.SequenceEqual("TCP4"u8) ? AddressFamily.InterNetwork
        : protocol.SequenceEqual("TCP6"u8) ? AddressFamily.InterNetworkV6
        : AddressFamily.Unspecified;

    private static bool TryParseAddress(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port, AddressFamily family, out ClientAddress? result)
    {
        result = null;
        Span<byte> bytes = stackalloc byte[16];
        if (!IpText.TryParsePort(port, out var number)
            || address.Contains((byte)':') != (family == AddressFamily.InterNetworkV6)
            || !IpText.TryParse(address, bytes, out var length))
        {
            return false;
        }

        result = new ClientAddress(new IPAddress(bytes[..length]), number);
        return true;
    }

    private static ProxyProtocolStatus ParseVersion2(ReadOnlySpan<byte> data, out ProxyProtocolHeader header)
    {
        header = default;
        var command = data[12];
        if (command is not (0x20 or 0x21))
        {
            return ProxyProtocolStatus.Invalid;
        }

        if (data.Length < Version2Fixed)
        {
            return ProxyProtocolStatus.NeedMore;
        }

        var family = data[13] >> 4;
        var transport = data[13] & 15;
        var length = Version2Fixed + BinaryPrimitives.ReadUInt16BigEndian(data[14..]);
        var addressLength = family switch
        {
            1 => 4,
            2 => 16,
            _ => 0,
        };
        var isTcp = command == 0x21 && transport == 1 && addressLength > 0;
        if (family > 3 || transport > 2 || length > MaxVersion2Length || (isTcp && length < Version2Fixed + (2 * addressLength) + 4))
        {
            return ProxyProtocolStatus.Invalid;
        }

        if (data.Length < length)
        {
            return ProxyProtocolStatus.NeedMore;
        }

        header = isTcp ? ReadAddresses(data[Version2Fixed..length], addressLength, length) : new(length, null, null);
        return ProxyProtocolStatus.Complete;
    }

    private static ProxyProtocolHeader ReadAddresses(ReadOnlySpan<byte> block, int addressLength, int length)
    {
        var ports = block[(2 * addressLength)..];
        return new(
            length,
            new ClientAddress(new IPAddress(block[..addressLength]), BinaryPrimitives.ReadUInt16BigEndian(ports)),
            new ClientAddress(new IPAddress(block.Slice(addressLength, addressLength)), BinaryPrimitives.ReadUInt16BigEndian(ports[2..])));
    }
}
