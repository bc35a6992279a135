namespace Balancer.Http.Http1;

/// <summary>
/// The trailer fields of a chunked body (RFC 9112 section 7.1.2), copied out of the stream. Fields that may not be trailers
/// (RFC 9110 section 6.5.1) are flagged <see cref="HeaderFieldFlags.Dropped"/>.
/// </summary>
internal sealed class TrailerSection : MessageHead
{
    private int _position;

    /// <summary>Takes in the next bytes up to the end of the section.</summary>
    /// <param name="input">What has arrived; how it is cut does not matter.</param>
    /// <param name="limits">The size of the section and of a line of it.</param>
    /// <param name="consumed">How many bytes of the input belong to the section.</param>
    public HeadParseResult Read(ReadOnlySpan<byte> input, HeadLimits limits, out int consumed)
    {
        consumed = 0;
        while (consumed < input.Length)
        {
            var rest = input[consumed..];
            var lineFeed = rest.IndexOf((byte)'\n');
            var room = limits.TotalSize - Length;
            var taken = Math.Min(lineFeed < 0 ? rest.Length : lineFeed + 1, room);
            Append(rest[..taken]);
            consumed += taken;

            ref var field = ref Headers.Reserve();
            var length = FieldLine.Read(Bytes, _position, limits, ref field);
            if (length == 0 && room == 0)
            {
                length = -(int)HeadError.HeadTooLarge;
            }

            if (length < 0)
            {
                return HeadParseResult.Invalid((HeadError)(-length));
            }

            _position += length;
            if (length > 0 && field.NameLength == 0)
            {
                return HeadParseResult.Complete(consumed);
            }

            if (length > 0 && Headers.Count == limits.MaxFields)
            {
                return HeadParseResult.Invalid(HeadError.TooManyFields);
            }

            if (length > 0)
            {
                Add(ref field, limits);
            }
        }

        return HeadParseResult.NeedMore;
    }

    /// <summary>Writes the fields that may be passed on, in their canonical form.</summary>
    public void WriteTo(HeadWriter writer)
    {
        foreach (ref var field in Headers.Fields)
        {
            if ((field.Flags & HeaderFieldFlags.Dropped) == 0)
            {
                writer.WriteField(Name(field), Value(field));
            }
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        _position = 0;
    }

    private void Add(ref HeaderField field, HeadLimits limits)
    {
        var name = Name(field);
        if (TrailerRules.IsForbidden(field.Known, name) || (!limits.UnderscoresInHeaders && name.Contains((byte)'_')))
        {
            field.Flags |= HeaderFieldFlags.Dropped;
        }

        Headers.Commit();
    }
}
