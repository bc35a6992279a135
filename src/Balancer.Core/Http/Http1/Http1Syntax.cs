using System.Buffers;

namespace Balancer.Http.Http1;

/// <summary>The character classes of RFC 9110 and 9112, as sets for vectorised search.</summary>
internal static class Http1Syntax
{
    /// <summary>CR.</summary>
    public const byte CarriageReturn = (byte)'\r';

    /// <summary>LF.</summary>
    public const byte LineFeed = (byte)'\n';

    /// <summary><c>tchar</c> (RFC 9110 section 5.6.2): what methods and field names are made of.</summary>
    public static readonly SearchValues<byte> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    /// <summary>What may not stand in a field value: the control characters except HTAB. CR and LF among them, so one search both checks a value and finds its end.</summary>
    public static readonly SearchValues<byte> NotFieldValue = SearchValues.Create(Where(b => (b < 0x20 && b != '\t') || b == 0x7F));

    /// <summary>
    /// What ends a request target: everything but the visible ASCII characters, and <c>#</c>. More is let through than RFC 3986 allows
    /// (<c>|</c>, <c>{</c>, <c>[</c> and others, which browsers send), less than nginx does (bytes from 0x80).
    /// </summary>
    public static readonly SearchValues<byte> NotTarget = SearchValues.Create(Where(b => b <= 0x20 || b >= 0x7F || b == '#'));

    /// <summary>Whether a byte is optional white space (RFC 9110 section 5.6.3).</summary>
    public static bool IsWhitespace(byte value) => value is (byte)' ' or (byte)'\t';

    /// <summary>Removes optional white space on both sides.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value)
    {
        var start = 0;
        var end = value.Length;
        while (start < end && IsWhitespace(value[start]))
        {
            start++;
        }

        while (end > start && IsWhitespace(value[end - 1]))
        {
            end--;
        }

        return value[start..end];
    }

    /// <summary>Takes the next element of a comma-separated list (RFC 9110 section 5.6.1), trimmed and perhaps empty; false at the end.</summary>
    public static bool TryNextElement(ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> element)
    {
        if (list.IsEmpty)
        {
            element = default;
            return false;
        }

        var comma = list.IndexOf((byte)',');
        element = Trim(comma < 0 ? list : list[..comma]);
        list = comma < 0 ? default : list[(comma + 1)..];
        return true;
    }

    private static byte[] Where(Func<int, bool> predicate) => Enumerable.Range(0, 256).Where(predicate).Select(b => (byte)b).ToArray();
}
