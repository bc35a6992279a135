namespace Balancer.Http.Http1;

/// <summary>
/// Reads response heads off an upstream connection, as strictly as <see cref="Http1RequestParser"/> reads requests: a response that
/// two readers could frame differently is refused. Bytes may arrive in any pieces. Does not allocate.
/// </summary>
internal sealed class Http1ResponseParser(HeadLimits limits)
{
    private int _position;
    private bool _inFields;
    private ConnectionOptions _connection;

    /// <summary>The limits: <c>proxy_buffer_size</c> for the whole head. A change counts from the next head.</summary>
    public HeadLimits Limits { get; set; } = limits;

    /// <summary>Looks at what has been received of a head. Interim responses (1xx) are heads of their own.</summary>
    /// <param name="data">Everything since the end of the previous head and body; the same bytes as in the call before, and more.</param>
    /// <param name="head">Filled with offsets into <paramref name="data"/>; reset before the first call. On <see cref="HeadParseStatus.Complete"/>
    /// the caller lets it own the bytes (<see cref="MessageHead.Own"/>).</param>
    public HeadParseResult Parse(ReadOnlySpan<byte> data, ResponseHead head)
    {
        var position = _position;
        if (!_inFields)
        {
            var limit = Math.Min(Limits.LineSize, Limits.TotalSize);
            var end = Math.Min(data.Length, limit);
            position = StatusLine.Read(data[..end], head);
            if (position <= 0)
            {
                return position < 0 ? Fail((HeadError)(-position))
                    : end == limit ? Fail(HeadError.HeadTooLarge)
                    : HeadParseResult.NeedMore;
            }

            _inFields = true;
        }

        while (true)
        {
            ref var field = ref head.Headers.Reserve();
            var length = FieldLine.Read(data, position, Limits, ref field);
            if (length <= 0)
            {
                _position = position;
                return length == 0 ? HeadParseResult.NeedMore : Fail((HeadError)(-length));
            }

            position += length;
            if (field.NameLength == 0)
            {
                _connection.FlagNominated(data, head.Headers);
                head.KeepAlive = _connection.Persists(head.Version);
                head.HasUpgrade = _connection.Upgrade;
                Reset();
                return HeadParseResult.Complete(position);
            }

            var error = AddField(data, ref field, head);
            if (error != HeadError.None)
            {
                return Fail(error);
            }
        }
    }

    /// <summary>Forgets a head that was begun.</summary>
    public void Reset()
    {
        _position = 0;
        _inFields = false;
        _connection = default;
    }

    private HeadError AddField(ReadOnlySpan<byte> data, ref HeaderField field, ResponseHead head)
    {
        if (head.Headers.Count == Limits.MaxFields)
        {
            return HeadError.TooManyFields;
        }

        var error = HeadError.None;
        var value = data.Slice(field.ValueStart, field.ValueLength);
        switch (field.Known)
        {
            case KnownHeader.ContentLength:
                error = Framing.ReadContentLength(value, ref field, head);
                break;
            case KnownHeader.TransferEncoding:
                error = Framing.ReadTransferEncoding(value, head);
                break;
            case KnownHeader.Connection:
                error = _connection.Add(value) ? HeadError.None : HeadError.TooManyConnectionOptions;
                break;
        }

        head.Headers.Commit();
        return error;
    }

    private HeadParseResult Fail(HeadError error)
    {
        Reset();
        return HeadParseResult.Invalid(error);
    }
}
