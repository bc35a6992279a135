using System.Text;

namespace Balancer.Http.Http1;

/// <summary>
/// Reads request heads off a connection, one after another, strictly by RFC 9112; what is refused is listed in <see cref="HeadError"/>.
/// Bytes may arrive in any pieces: each call gets everything received of the head so far and goes on at the first line that
/// was not complete before. The outcome does not depend on the pieces. One parser per connection; it does not allocate.
/// </summary>
internal sealed class Http1RequestParser(HeadLimits limits)
{
    /// <summary>Empty lines skipped before a request line (RFC 9112 section 2.2 asks for at least one).</summary>
    public const int MaxLeadingEmptyLines = 2;

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    private int _position;
    private int _emptyLines;
    private bool _inFields;
    private bool _hasHost;
    private bool _hasUpgrade;
    private ConnectionOptions _connection;

    /// <summary>The limits; a change counts from the next head.</summary>
    public HeadLimits Limits { get; set; } = limits;

    /// <summary>
    /// Looks at what has been received of a head.
    /// </summary>
    /// <param name="data">Everything since the end of the previous head (and body); the same bytes as in the call before, and more.</param>
    /// <param name="head">Filled with offsets into <paramref name="data"/>; reset before the first call. On <see cref="HeadParseStatus.Complete"/>
    /// the caller lets it own the bytes (<see cref="MessageHead.Own"/>).</param>
    public HeadParseResult Parse(ReadOnlySpan<byte> data, RequestHead head)
    {
        if (!_inFields)
        {
            var result = ParseRequestLine(data, head);
            if (!_inFields)
            {
                return result;
            }
        }

        var position = _position;
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
                return Finish(data, position, head);
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
        _emptyLines = 0;
        _inFields = false;
        _hasHost = false;
        _hasUpgrade = false;
        _connection = default;
    }

    private HeadParseResult ParseRequestLine(ReadOnlySpan<byte> data, RequestHead head)
    {
        while (_position < data.Length && data[_position] == '\r')
        {
            var skipped = FieldLine.ReadEmpty(data[_position..]);
            if (skipped <= 0)
            {
                return skipped == 0 ? HeadParseResult.NeedMore : Fail((HeadError)(-skipped));
            }

            if (++_emptyLines > MaxLeadingEmptyLines)
            {
                return Fail(HeadError.MalformedRequestLine);
            }

            _position += skipped;
        }

        if (_position == data.Length)
        {
            return HeadParseResult.NeedMore;
        }

        var line = data[_position..];
        if (line[0] == 'P' && line[..Math.Min(line.Length, Preface.Length)].SequenceEqual(Preface[..Math.Min(line.Length, Preface.Length)]))
        {
            if (line.Length < Preface.Length)
            {
                return HeadParseResult.NeedMore;
            }

            Reset();
            return new HeadParseResult(HeadParseStatus.Http2Preface, 0, HeadError.None);
        }

        var end = Math.Min(data.Length, _position + Limits.LineSize);
        var length = RequestLine.Read(data[..end], _position, head);
        if (length <= 0)
        {
            return length < 0 ? Fail((HeadError)(-length))
                : end - _position >= Limits.LineSize ? Fail(HeadError.RequestLineTooLong)
                : HeadParseResult.NeedMore;
        }

        _position += length;
        _inFields = true;
        return HeadParseResult.NeedMore;
    }

    private HeadError AddField(ReadOnlySpan<byte> data, ref HeaderField field, RequestHead head)
    {
        if (head.Headers.Count == Limits.MaxFields)
        {
            return HeadError.TooManyFields;
        }

        var error = HeadError.None;
        var value = data.Slice(field.ValueStart, field.ValueLength);
        switch (field.Known)
        {
            case KnownHeader.None:
                if (!Limits.UnderscoresInHeaders && data.Slice(field.NameStart, field.NameLength).Contains((byte)'_'))
                {
                    field.Flags |= HeaderFieldFlags.Dropped;
                    head.DroppedFields++;
                }

                break;
            case KnownHeader.Host:
                error = ReadHost(value, field, head);
                break;
            case KnownHeader.ContentLength:
                error = Framing.ReadContentLength(value, ref field, head);
                break;
            case KnownHeader.TransferEncoding:
                error = Framing.ReadTransferEncoding(value, head);
                break;
            case KnownHeader.Connection:
                error = _connection.Add(value) ? HeadError.None : HeadError.TooManyConnectionOptions;
                break;
            case KnownHeader.Upgrade:
                _hasUpgrade |= !value.IsEmpty;
                break;
            case KnownHeader.Expect:
                head.ExpectsContinue = head.Version >= 11;
                error = Ascii.EqualsIgnoreCase(value, "100-continue"u8) ? HeadError.None : HeadError.ExpectationFailed;
                break;
        }

        head.Headers.Commit();
        return error;
    }

    private HeadError ReadHost(ReadOnlySpan<byte> value, in HeaderField field, RequestHead head)
    {
        if (_hasHost)
        {
            return HeadError.DuplicateHost;
        }

        if (!HostSyntax.TryParse(value, out var nameLength))
        {
            return HeadError.InvalidHost;
        }

        _hasHost = true;
        if (head.Form != TargetForm.Absolute)
        {
            head.HostRange = (field.ValueStart, field.ValueLength);
            head.HostNameLength = nameLength;
        }

        return HeadError.None;
    }

    private HeadParseResult Finish(ReadOnlySpan<byte> data, int consumed, RequestHead head)
    {
        if (!_hasHost && head.Version >= 11)
        {
            return Fail(HeadError.MissingHost);
        }

        _connection.FlagNominated(data, head.Headers);
        head.KeepAlive = _connection.Persists(head.Version);
        head.HasUpgrade = _hasUpgrade && _connection.Upgrade && head.Version >= 11 && !OffersHttp2(data, head.Headers);
        Reset();
        return HeadParseResult.Complete(consumed);
    }

    // A tunnel that speaks HTTP/2 behind our back would carry requests no rule here has seen.
    private static bool OffersHttp2(ReadOnlySpan<byte> data, HeaderTable headers)
    {
        foreach (ref readonly var field in headers.Fields)
        {
            if (field.Known != KnownHeader.Upgrade)
            {
                continue;
            }

            var protocols = data.Slice(field.ValueStart, field.ValueLength);
            while (Http1Syntax.TryNextElement(ref protocols, out var protocol))
            {
                if (Ascii.EqualsIgnoreCase(protocol, "h2c"u8) || Ascii.EqualsIgnoreCase(protocol, "h2"u8))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private HeadParseResult Fail(HeadError error)
    {
        Reset();
        return HeadParseResult.Invalid(error);
    }
}
