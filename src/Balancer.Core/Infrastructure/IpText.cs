using System.Net;

namespace Balancer.Infrastructure;

/// <summary>Reads IP addresses that others wrote down, strictly, into network byte order.</summary>
internal static class IpText
{
    /// <summary>Reads an address; false when it is none. An IPv4-mapped IPv6 address becomes IPv4; zones are refused.</summary>
    /// <param name="text">The address alone, without brackets or port.</param>
    /// <param name="destination">At least 16 bytes.</param>
    /// <param name="length">4 or 16.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, Span<byte> destination, out int length)
    {
        length = 4;
        return text.Contains((byte)':') ? TryParseIpv6(text, destination, out length) : TryParseIpv4(text, destination);
    }

    /// <summary>Reads four decimal numbers without leading zeros; not the octal, hexadecimal or short forms that other parsers take.</summary>
    public static bool TryParseIpv4(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var octet = 0;
        var digits = 0;
        var octets = 0;
        foreach (var value in text)
        {
            if (char.IsAsciiDigit((char)value) && (digits == 0 || octet > 0))
            {
                octet = (octet * 10) + (value - '0');
                digits++;
            }
            else if (value == '.' && digits > 0 && octets < 3)
            {
                destination[octets++] = (byte)octet;
                octet = 0;
                digits = 0;
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

        destination[octets] = (byte)octet;
        return octets == 3 && digits > 0;
    }

    /// <summary>Reads a port from 0 to 65535, decimal without leading zeros.</summary>
    public static bool TryParsePort(ReadOnlySpan<byte> text, out int port)
    {
        port = 0;
        if (text.Length is 0 or > 5 || (text[0] == '0' && text.Length > 1))
        {
            return false;
        }

        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            port = (port * 10) + (digit - '0');
        }

        return port <= 65535;
    }

    private static bool TryParseIpv6(ReadOnlySpan<byte> text, Span<byte> destination, out int length)
    {
        length = 0;
        if (text.Contains((byte)'%') || text.Contains((byte)'[') || !IPAddress.TryParse(text, out var address))
        {
            return false;
        }

        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).TryWriteBytes(destination, out length);
    }
}
