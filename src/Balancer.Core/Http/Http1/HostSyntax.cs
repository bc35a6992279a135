using System.Buffers;
using System.Net;

namespace Balancer.Http.Http1;

/// <summary>
/// <c>uri-host [ ":" port ]</c> (RFC 3986 section 3.2), as it stands in Host and in the authority of an absolute target.
/// No user information, no empty host, no two dots in a row (as nginx), no IPv6 zone, no IPvFuture, port at most 65535 or empty.
/// </summary>
internal static class HostSyntax
{
    private static readonly SearchValues<byte> s_plain = SearchValues.Create("-._~!$&'()*+,;=0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    /// <summary>Checks the syntax and tells how long the host is without port and trailing dot.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out int nameLength)
    {
        nameLength = 0;
        var end = value.Length > 0 && value[0] == '[' ? EndOfLiteral(value) : EndOfName(value);
        if (end <= 0 || (end < value.Length && !IsPort(value[end..])))
        {
            return false;
        }

        nameLength = value[end - 1] == '.' ? end - 1 : end;
        return nameLength > 0;
    }

    private static int EndOfName(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOfAnyExcept(s_plain);
        while (end >= 0 && value[end] == '%')
        {
            if (end + 2 >= value.Length || !char.IsAsciiHexDigit((char)value[end + 1]) || !char.IsAsciiHexDigit((char)value[end + 2]))
            {
                return -1;
            }

            var next = value[(end + 3)..].IndexOfAnyExcept(s_plain);
            end = next < 0 ? -1 : end + 3 + next;
        }

        if (end < 0)
        {
            end = value.Length;
        }

        return value[..end].IndexOf(".."u8) >= 0 ? -1 : end;
    }

    private static int EndOfLiteral(ReadOnlySpan<byte> value)
    {
        var close = value.IndexOf((byte)']');
        if (close < 0)
        {
            return -1;
        }

        var address = value[1..close];
        return address.Contains((byte)':') && !address.Contains((byte)'%') && IPAddress.IsValidUtf8(address) ? close + 1 : -1;
    }

    private static bool IsPort(ReadOnlySpan<byte> value)
    {
        if (value[0] != ':' || value.Length > 6)
        {
            return false;
        }

        var port = 0;
        foreach (var digit in value[1..])
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            port = (port * 10) + (digit - '0');
        }

        return port <= 65535;
    }
}
