using Balancer.Infrastructure;

namespace Balancer.Rewriting;

/// <summary>The URL of a redirect that was put together from pieces of the request.</summary>
internal static class RedirectText
{
    /// <summary>
    /// Takes back, up to the query, what need not be encoded there: as nginx does (<c>NGX_UNESCAPE_REDIRECT</c>), since captures are encoded
    /// without regard to where they stand.
    /// </summary>
    public static void Unescape(ByteBuffer url)
    {
        var text = url.Written;
        var end = text.IndexOf((byte)'?');
        end = end < 0 ? text.Length : end;
        if (!text[..end].Contains((byte)'%'))
        {
            return;
        }

        var source = text.ToArray();
        url.Clear();
        for (var i = 0; i < source.Length; i++)
        {
            if (i < end && source[i] == '%' && i + 2 < end && TryDecode(source[i + 1], source[i + 2], out var value) && value is > (byte)'%' and < 0x7F)
            {
                url.Append(value);
                i += 2;
            }
            else
            {
                url.Append(source[i]);
            }
        }
    }

    /// <summary>The text as the value of a field: line ends and NUL, which a decoded path may hold, become spaces.</summary>
    public static byte[] ToLine(ReadOnlySpan<byte> text)
    {
        var line = text.ToArray();
        foreach (ref var value in line.AsSpan())
        {
            if (value is (byte)'\r' or (byte)'\n' or 0)
            {
                value = (byte)' ';
            }
        }

        return line;
    }

    private static bool TryDecode(byte high, byte low, out byte value)
    {
        value = 0;
        if (!char.IsAsciiHexDigit((char)high) || !char.IsAsciiHexDigit((char)low))
        {
            return false;
        }

        value = (byte)((Digit(high) << 4) | Digit(low));
        return true;
    }

    private static int Digit(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
