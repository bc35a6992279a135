namespace Balancer.Http.Http1;

/// <summary>
/// One field line: <c>name ":" OWS value OWS CRLF</c> (RFC 9112 section 5), the same for requests, responses and trailers.
/// </summary>
internal static class FieldLine
{
    /// <summary>
    /// Reads the line that starts at <paramref name="start"/>: a field, or the empty line that ends the section, which is told by a field
    /// without name. A line that cannot become valid is refused before its end has arrived.
    /// </summary>
    /// <param name="data">The bytes offsets count from; the limits count from its first byte too.</param>
    /// <param name="start">Where the line starts.</param>
    /// <param name="limits">How long the line, and everything up to its end, may be.</param>
    /// <param name="field">The field, flagged as hop-by-hop and canonical where it is.</param>
    /// <returns>The length of the line with its CRLF; 0 when it has not ended yet; else the negated <see cref="HeadError"/>.</returns>
    public static int Read(ReadOnlySpan<byte> data, int start, HeadLimits limits, ref HeaderField field)
    {
        var limit = Math.Min(start + limits.LineSize, limits.TotalSize);
        var end = Math.Min(data.Length, limit);
        var length = start < end ? ReadLine(data[start..end], start, ref field) : 0;
        return length != 0 || data.Length < limit || start == data.Length ? length
            : -(int)(limit == limits.TotalSize ? HeadError.HeadTooLarge : HeadError.FieldLineTooLong);
    }

    /// <summary>Reads an empty line, whose CR is there.</summary>
    /// <returns>As <see cref="Read"/>.</returns>
    public static int ReadEmpty(ReadOnlySpan<byte> line) =>
        line.Length < 2 ? 0 : line[1] == '\n' ? 2 : -(int)HeadError.BareCarriageReturn;

    private static int ReadLine(ReadOnlySpan<byte> line, int start, ref HeaderField field)
    {
        var nameLength = line.IndexOfAnyExcept(Http1Syntax.Token);
        if (nameLength <= 0 || line[nameLength] != ':')
        {
            field.NameLength = 0;
            return nameLength < 0 ? 0
                : nameLength == 0 && line[0] == '\r' ? ReadEmpty(line)
                : -(int)NameError(line, nameLength);
        }

        var first = nameLength + 1;
        var end = line[first..].IndexOfAny(Http1Syntax.NotFieldValue) + first;
        if (end < first || end + 1 >= line.Length || line[end] != '\r' || line[end + 1] != '\n')
        {
            return end < first ? 0 : -(int)EndError(line, end);
        }

        var canonical = first < end && line[first] == ' ';
        if (canonical)
        {
            first++;
        }

        while (first < end && Http1Syntax.IsWhitespace(line[first]))
        {
            canonical = false;
            first++;
        }

        var last = end;
        while (last > first && Http1Syntax.IsWhitespace(line[last - 1]))
        {
            canonical = false;
            last--;
        }

        var known = KnownHeaders.Find(line[..nameLength]);
        field.NameStart = start;
        field.NameLength = nameLength;
        field.ValueStart = start + first;
        field.ValueLength = last - first;
        field.Known = known;
        field.Flags = (canonical ? HeaderFieldFlags.Canonical : 0) | (KnownHeaders.IsHopByHop(known) ? HeaderFieldFlags.HopByHop : 0);
        return end + 2;
    }

    /// <summary>Why the byte at <paramref name="index"/> ends no line: <see cref="HeadError.None"/> when it is a CR and nothing has arrived behind it yet.</summary>
    public static HeadError EndError(ReadOnlySpan<byte> line, int index) => line[index] switch
    {
        Http1Syntax.LineFeed => HeadError.BareLineFeed,
        Http1Syntax.CarriageReturn => index + 1 == line.Length ? HeadError.None : HeadError.BareCarriageReturn,
        _ => HeadError.InvalidFieldValue,
    };

    private static HeadError NameError(ReadOnlySpan<byte> line, int nameLength) => line[nameLength] switch
    {
        Http1Syntax.LineFeed => HeadError.BareLineFeed,
        (byte)' ' or (byte)'\t' when nameLength == 0 => HeadError.LeadingWhitespace,
        _ => HeadError.InvalidFieldName,
    };
}
