namespace Balancer.Http.Http1;

/// <summary><c>HTTP-version</c> (RFC 9112 section 2.3).</summary>
internal static class HttpVersion
{
    private const int Length = 8;

    /// <summary>
    /// Reads <c>HTTP/x.y CRLF</c>. Gives 10 for HTTP/1.0 and 11 for every other HTTP/1.x, as RFC 9110 section 2.5 says; other major versions are refused.
    /// </summary>
    /// <returns>The length with its CRLF; 0 when it has not arrived; else the negated <see cref="HeadError"/>.</returns>
    public static int ReadLineEnd(ReadOnlySpan<byte> text, out int version)
    {
        var length = Read(text, out version);
        if (length <= 0 || length == text.Length)
        {
            return length < 0 ? length : 0;
        }

        if (text[length] != '\r')
        {
            return -(int)(text[length] == '\n' ? HeadError.BareLineFeed : HeadError.MalformedVersion);
        }

        if (length + 1 == text.Length)
        {
            return 0;
        }

        return text[length + 1] == '\n' ? length + 2 : -(int)HeadError.BareCarriageReturn;
    }

    /// <summary>Reads <c>HTTP/x.y</c> at the start of the text.</summary>
    /// <returns>Its length, 8; 0 when it has not arrived; else the negated <see cref="HeadError"/>.</returns>
    public static int Read(ReadOnlySpan<byte> text, out int version)
    {
        version = 0;
        for (var i = 0; i < Length; i++)
        {
            if (i == text.Length)
            {
                return 0;
            }

            var fits = i is 5 or 7 ? char.IsAsciiDigit((char)text[i]) : text[i] == "HTTP/0.0"u8[i];
            if (!fits)
            {
                return -(int)HeadError.MalformedVersion;
            }
        }

        if (text[5] != '1')
        {
            return -(int)HeadError.VersionNotSupported;
        }

        version = text[7] == '0' ? 10 : 11;
        return Length;
    }
}
