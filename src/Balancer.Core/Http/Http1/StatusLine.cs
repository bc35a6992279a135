namespace Balancer.Http.Http1;

/// <summary>
/// The status line: <c>HTTP-version SP 3DIGIT [ SP [ reason-phrase ] ] CRLF</c> (RFC 9112 section 4). The second space is taken as
/// optional, since many servers leave it out with the reason.
/// </summary>
internal static class StatusLine
{
    /// <summary>Reads the status line at the start of <paramref name="line"/>, checking from left to right as far as it has arrived.</summary>
    /// <returns>The length of the line with its CRLF; 0 when it has not ended yet; else the negated <see cref="HeadError"/>.</returns>
    public static int Read(ReadOnlySpan<byte> line, ResponseHead head)
    {
        var length = HttpVersion.Read(line, out var version);
        if (length <= 0)
        {
            return length;
        }

        head.Version = version;
        var status = 0;
        for (var i = 0; i < 4; i++)
        {
            if (length + i == line.Length)
            {
                return 0;
            }

            var next = line[length + i];
            if (i == 0 ? next != ' ' : !char.IsAsciiDigit((char)next))
            {
                return -(int)(next == '\n' ? HeadError.BareLineFeed : HeadError.MalformedStatusLine);
            }

            status = i == 0 ? 0 : (status * 10) + (next - '0');
        }

        if (status < 100)
        {
            return -(int)HeadError.MalformedStatusLine;
        }

        head.Status = status;
        return ReadReason(line, length + 4, head);
    }

    private static int ReadReason(ReadOnlySpan<byte> line, int start, ResponseHead head)
    {
        var length = line[start..].IndexOfAny(Http1Syntax.NotFieldValue);
        if (start < line.Length && length != 0)
        {
            if (line[start] != ' ')
            {
                return -(int)HeadError.MalformedStatusLine;
            }

            head.ReasonRange = (start + 1, length - 1);
        }

        if (length < 0)
        {
            return 0;
        }

        var end = start + length;
        if (end + 1 < line.Length && line[end] == '\r' && line[end + 1] == '\n')
        {
            return end + 2;
        }

        var error = FieldLine.EndError(line, end);
        return -(int)(error == HeadError.InvalidFieldValue ? HeadError.MalformedStatusLine : error);
    }
}
