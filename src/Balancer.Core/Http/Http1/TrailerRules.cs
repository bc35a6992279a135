using System.Text;

namespace Balancer.Http.Http1;

/// <summary>Which fields may not be trailers (RFC 9110 section 6.5.1): one merged into the head later would change routing, framing, authentication or meaning.</summary>
internal static class TrailerRules
{
    private static readonly byte[][] s_forbiddenNames =
    [
        "Age"u8.ToArray(),
        "Expires"u8.ToArray(),
        "Max-Forwards"u8.ToArray(),
        "Pragma"u8.ToArray(),
        "Warning"u8.ToArray(),
        "WWW-Authenticate"u8.ToArray(),
    ];

    private static readonly byte[][] s_forbiddenPrefixes =
    [
        "Content-"u8.ToArray(),
        "If-"u8.ToArray(),
        "Proxy-"u8.ToArray(),
        "Sec-"u8.ToArray(),
        "X-Forwarded-"u8.ToArray(),
    ];

    /// <summary>Whether the field is dropped. Of the fields the gateway knows only ETag may be a trailer; all others stand for things decided by the head.</summary>
    public static bool IsForbidden(KnownHeader known, ReadOnlySpan<byte> name)
    {
        if (known != KnownHeader.None)
        {
            return known != KnownHeader.ETag;
        }

        foreach (var forbidden in s_forbiddenNames)
        {
            if (Ascii.EqualsIgnoreCase(name, forbidden))
            {
                return true;
            }
        }

        foreach (var prefix in s_forbiddenPrefixes)
        {
            if (name.Length >= prefix.Length && Ascii.EqualsIgnoreCase(name[..prefix.Length], prefix))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes a field that may be a trailer as a canonical field line; one that may not, or would break a line, is left out.</summary>
    public static void Write(string name, string value, HeadWriter lines)
    {
        var start = lines.Length;
        lines.WriteText(name);
        var nameEnd = lines.Length;
        lines.Write(": "u8);
        lines.WriteText(value);
        var written = lines.Written;
        var nameBytes = written[start..nameEnd];
        if (nameBytes.IsEmpty
            || nameBytes.IndexOfAnyExcept(Http1Syntax.Token) >= 0
            || written[(nameEnd + 2)..].ContainsAny(Http1Syntax.NotFieldValue)
            || IsForbidden(KnownHeaders.Find(nameBytes), nameBytes))
        {
            lines.Truncate(start);
            return;
        }

        lines.Write("\r\n"u8);
    }
}
