using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Balancer.Http;

namespace Balancer.Routing;

/// <summary>An address written by a proxy: <c>1.2.3.4</c>, <c>2001:db8::1</c> or <c>[2001:db8::1]</c>, perhaps with a port behind (not the bare IPv6 form).</summary>
internal struct ForwardedAddress
{
    private Bytes _bytes;
    private int _length;
    private int _port;

    /// <summary>Whether it holds no address.</summary>
    public readonly bool IsEmpty => _length == 0;

    /// <summary>The address in network byte order: 4 or 16 bytes.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Binary => MemoryMarshal.CreateReadOnlySpan(in _bytes[0], _length);

    /// <summary>Reads an address; false when it is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ForwardedAddress address)
    {
        address = default;
        if (text.IsEmpty)
        {
            return false;
        }

        var host = text;
        ReadOnlySpan<byte> port = default;
        var bracket = text[0] == '[';
        var colon = bracket ? text.IndexOf("]:"u8) + 1 : text.Count((byte)':') == 1 ? text.IndexOf((byte)':') : -1;
        if (colon > 0)
        {
            host = text[..colon];
            port = text[(colon + 1)..];
            if (!TryParsePort(port, out address._port))
            {
                return false;
            }
        }

        if (bracket)
        {
            if (host[^1] != ']')
            {
                return false;
            }

            host = host[1..^1];
        }

        return host.Contains((byte)':') ? address.TryParseIpv6(host) : !bracket && address.TryParseIpv4(host);
    }

    /// <summary>The address in all its forms; <paramref name="previous"/> itself when it is the same.</summary>
    public readonly ClientAddress ToClientAddress(ClientAddress? previous) =>
        previous is not null && previous.Port == _port && previous.Binary.AsSpan().SequenceEqual(Binary)
            ? previous
            : new ClientAddress(new IPAddress(Binary), _port);

    private static bool TryParsePort(ReadOnlySpan<byte> text, out int port)
    {
        port = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            port = (port * 10) + (digit - '0');
            if (port > 65535)
            {
                return false;
            }
        }

        return port > 0;
    }

    // Four decimal numbers, nothing else: not the octal, hexadecimal or short forms other parsers take.
    private bool TryParseIpv4(ReadOnlySpan<byte> text)
    {
        uint address = 0;
        var octet = 0u;
        var digits = 0;
        var dots = 0;
        foreach (var value in text)
        {
            if (char.IsAsciiDigit((char)value) && digits < 3)
            {
                octet = (octet * 10) + (uint)(value - '0');
                digits++;
            }
            else if (value == '.' && digits > 0 && dots < 3)
            {
                address = (address << 8) | octet;
                octet = 0;
                digits = 0;
                dots++;
            }
            else
            {
                return false;
            }

            if (octet > 255)
            {
                return false;
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(_bytes, (address << 8) | octet);
        _length = 4;
        return dots == 3 && digits > 0;
    }

    private bool TryParseIpv6(ReadOnlySpan<byte> text)
    {
        if (text.Contains((byte)'%') || !IPAddress.TryParse(text, out var address))
        {
            return false;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.TryWriteBytes(_bytes, out _length);
    }

    [InlineArray(16)]
    private struct Bytes
    {
        private byte _first;
    }
}
