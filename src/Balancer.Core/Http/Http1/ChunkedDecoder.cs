namespace Balancer.Http.Http1;

/// <summary>
/// Takes the chunked coding (RFC 9112 section 7.1) off a body without copying it: payload is given as slices of the input. The input may
/// be cut anywhere, and all that is looked at is consumed, so the segments of a sequence can be fed one by one. A mutable struct: keep it in a field.
/// </summary>
/// <param name="limits">Size of the trailer section (<see cref="HeadLimits.TotalSize"/>), of a line of it, and how many fields it may have.</param>
internal struct ChunkedDecoder(HeadLimits limits)
{
    /// <summary>Most hexadecimal digits of a chunk size, leading zeros included.</summary>
    public const int MaxSizeDigits = 16;

    /// <summary>Most bytes of extensions of one chunk.</summary>
    public const int MaxExtensionLength = 1024;

    /// <summary>Most bytes of extensions of all chunks of a body.</summary>
    public const int MaxTotalExtensionLength = 16 * 1024;

    private State _state;
    private byte _digits;
    private int _extensionLength;
    private int _totalExtensionLength;
    private long _size;
    private ChunkExtension _extension;
    private TrailerSection? _trailers;

    private enum State : byte
    {
        Size,
        Extension,
        SizeLineFeed,
        Data,
        DataCarriageReturn,
        DataLineFeed,
        TrailersStart,
        Trailers,
        EndLineFeed,
        Complete,
        Invalid,
    }

    /// <summary>Why the body is refused.</summary>
    public ChunkedError Error { get; private set; }

    /// <summary>The trailer fields after <see cref="ChunkedStatus.Complete"/>; null when there are none. Give their bytes back with <see cref="Reset"/>.</summary>
    public readonly TrailerSection? Trailers => _trailers is { Headers.Count: > 0 } ? _trailers : null;

    /// <summary>Payload bytes the current chunk still has.</summary>
    public readonly long Remaining => _state == State.Data ? _size : 0;

    /// <summary>
    /// Goes on to the next payload, or as far as the input reaches.
    /// </summary>
    /// <param name="input">The bytes behind those consumed so far; empty gives <see cref="ChunkedStatus.NeedMore"/>, or again the final status.</param>
    /// <param name="consumed">How many bytes were used up, payload included.</param>
    /// <param name="payloadLength">Length of the payload, which is the last part of what was consumed: <c>input[(consumed - payloadLength)..consumed]</c>.</param>
    public ChunkedStatus Read(ReadOnlySpan<byte> input, out int consumed, out int payloadLength)
    {
        consumed = 0;
        payloadLength = 0;
        while (consumed < input.Length)
        {
            switch (_state)
            {
                case State.Data:
                    payloadLength = (int)Math.Min(_size, input.Length - consumed);
                    consumed += payloadLength;
                    _size -= payloadLength;
                    if (_size == 0)
                    {
                        _state = State.DataCarriageReturn;
                    }

                    return ChunkedStatus.Payload;
                case State.TrailersStart when input[consumed] != '\r':
                case State.Trailers:
                    ReadTrailers(input, ref consumed);
                    break;
                case State.Complete:
                    return ChunkedStatus.Complete;
                case State.Invalid:
                    return ChunkedStatus.Invalid;
                default:
                    ReadFraming(input[consumed++]);
                    break;
            }
        }

        return _state switch
        {
            State.Complete => ChunkedStatus.Complete,
            State.Invalid => ChunkedStatus.Invalid,
            _ => ChunkedStatus.NeedMore,
        };
    }

    /// <summary>Makes the decoder ready for the next body and gives the trailers' bytes back.</summary>
    public void Reset()
    {
        _state = State.Size;
        _digits = 0;
        _size = 0;
        _extensionLength = 0;
        _totalExtensionLength = 0;
        _extension = default;
        Error = ChunkedError.None;
        _trailers?.Reset();
    }

    private void ReadFraming(byte value)
    {
        switch (_state)
        {
            case State.Size:
                ReadSize(value);
                break;
            case State.Extension:
                ReadExtension(value);
                break;
            case State.SizeLineFeed:
                Expect(value, Http1Syntax.LineFeed, _size == 0 ? State.TrailersStart : State.Data, ChunkedError.InvalidLineEnd);
                break;
            case State.DataCarriageReturn:
                Expect(value, Http1Syntax.CarriageReturn, State.DataLineFeed, ChunkedError.MissingDataEnd);
                break;
            case State.DataLineFeed:
                Expect(value, Http1Syntax.LineFeed, State.Size, ChunkedError.MissingDataEnd);
                break;
            case State.TrailersStart:
                _state = State.EndLineFeed;
                break;
            default:
                Expect(value, Http1Syntax.LineFeed, State.Complete, ChunkedError.InvalidLineEnd);
                break;
        }
    }

    private void ReadSize(byte value)
    {
        var digit = HexDigit(value);
        if (digit >= 0)
        {
            if (++_digits > MaxSizeDigits || _size > long.MaxValue >> 4)
            {
                Fail(ChunkedError.SizeTooLarge);
                return;
            }

            _size = (_size << 4) | (uint)digit;
        }
        else if (_digits == 0)
        {
            Fail(ChunkedError.InvalidSize);
        }
        else if (value == '\r')
        {
            EndSizeLine();
        }
        else if (value is (byte)';' or (byte)' ' or (byte)'\t')
        {
            _state = State.Extension;
            _extension = default;
            ReadExtension(value);
        }
        else
        {
            Fail(value == '\n' ? ChunkedError.InvalidLineEnd : ChunkedError.InvalidSize);
        }
    }

    private void ReadExtension(byte value)
    {
        if (value == '\r' && _extension.MayEnd)
        {
            EndSizeLine();
        }
        else if (++_extensionLength > MaxExtensionLength || ++_totalExtensionLength > MaxTotalExtensionLength)
        {
            Fail(ChunkedError.ExtensionTooLong);
        }
        else if (!_extension.Accept(value))
        {
            Fail(value == '\n' ? ChunkedError.InvalidLineEnd : ChunkedError.InvalidExtension);
        }
    }

    private void EndSizeLine()
    {
        _state = State.SizeLineFeed;
        _digits = 0;
        _extensionLength = 0;
    }

    private void Expect(byte value, byte expected, State next, ChunkedError error)
    {
        _state = next;
        if (value != expected)
        {
            Fail(error);
        }
    }

    private void ReadTrailers(ReadOnlySpan<byte> input, ref int consumed)
    {
        _state = State.Trailers;
        _trailers ??= new TrailerSection();
        var result = _trailers.Read(input[consumed..], limits, out var taken);
        consumed += taken;
        if (result.Status == HeadParseStatus.Complete)
        {
            _state = State.Complete;
        }
        else if (result.Status == HeadParseStatus.Invalid)
        {
            Fail(ChunkedError.InvalidTrailer);
        }
    }

    private void Fail(ChunkedError error)
    {
        _state = State.Invalid;
        Error = error;
    }

    private static int HexDigit(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => -1,
    };
}
