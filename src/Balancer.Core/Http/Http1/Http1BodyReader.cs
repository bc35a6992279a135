using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Balancer.Infrastructure;

namespace Balancer.Http.Http1;

/// <summary>
/// Reads the body of one message after another off a connection, without copying: what <see cref="ReadAsync"/> returns are
/// slices of the transport's buffer, good until the next call. Serves requests and responses alike.
/// </summary>
internal sealed class Http1BodyReader
{
    private PipeReader _input = null!;
    private ReadOnlySequence<byte> _buffer;
    private bool _isHolding;
    private BodyFraming _framing;
    private long _remaining;
    private ChunkedDecoder _decoder = new(HeadLimits.Requests);

    /// <summary>A reader without a connection: see <see cref="Attach"/>.</summary>
    public Http1BodyReader()
    {
    }

    /// <summary>A reader of one connection for good.</summary>
    public Http1BodyReader(PipeReader input) => _input = input;

    /// <summary>Whether the body was read to its end (also when there is none).</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>Bytes of the body left by its Content-Length; -1 when unknown.</summary>
    public long Remaining => IsComplete ? 0 : _framing == BodyFraming.ContentLength ? _remaining : -1;

    /// <summary>Payload bytes read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Greatest number of payload bytes; 0 is no limit.</summary>
    public long MaxSize { get; set; }

    /// <summary>The trailer section of a chunked body, after its end; null without one.</summary>
    public TrailerSection? Trailers => _decoder.Trailers;

    /// <summary>Binds the reader to a connection.</summary>
    public void Attach(PipeReader input) => _input = input;

    /// <summary>Unbinds the reader from a connection whose body is done with (<see cref="Release"/>), and gives back what its trailers took.</summary>
    public void Detach()
    {
        Begin(BodyFraming.None, 0);
        MaxSize = 0;
        _input = null!;
    }

    /// <summary>Starts a body, whose first bytes are the next of the connection.</summary>
    public void Begin(BodyFraming framing, long contentLength)
    {
        _framing = framing;
        _remaining = framing == BodyFraming.ContentLength ? contentLength : 0;
        IsComplete = framing == BodyFraming.None || (framing == BodyFraming.ContentLength && contentLength == 0);
        BytesRead = 0;

        // Also for other framings: the trailers of the body before are not this one's.
        _decoder.Reset();
    }

    /// <summary>The next bytes of the body if they are here; false when they have to be waited for.</summary>
    public bool TryRead(out BodyRead read)
    {
        while (true)
        {
            if (IsComplete)
            {
                read = BodyRead.Without(BodyStatus.End);
                return true;
            }

            if (_isHolding)
            {
                if (TryDecode(out read))
                {
                    return true;
                }

                Release();
            }

            try
            {
                if (!_input.TryRead(out var result))
                {
                    read = default;
                    return false;
                }

                if (result.Buffer.IsEmpty && !result.IsCompleted)
                {
                    // An old cancellation.
                    _input.AdvanceTo(result.Buffer.Start);
                    continue;
                }

                Hold(result);
                if (result.Buffer.IsEmpty)
                {
                    read = End();
                    return true;
                }
            }
            catch (Exception e) when (ConnectionLoss.Is(e))
            {
                read = BodyRead.Without(BodyStatus.Truncated);
                return true;
            }
        }
    }

    /// <summary>The next bytes of the body.</summary>
    /// <param name="guard">Watches over the wait.</param>
    /// <param name="timeout">Milliseconds to wait for the next byte.</param>
    /// <param name="pace">How slowly the body may come; null where only the timeout counts.</param>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    public async ValueTask<BodyRead> ReadAsync(IoGuard guard, long timeout, TransferPace? pace = null)
    {
        while (true)
        {
            if (TryRead(out var read))
            {
                return read;
            }

            ReadResult result;
            var expired = false;
            try
            {
                var pending = _input.ReadAsync();
                if (pending.IsCompleted)
                {
                    result = await pending;
                }
                else
                {
                    guard.BeginRead(_input, pace?.BeginWait(timeout, BytesRead) ?? timeout);
                    result = await pending;
                    expired = guard.Expired;
                    guard.End();
                    pace?.EndWait(expired);
                }
            }
            catch (Exception e) when (ConnectionLoss.Is(e))
            {
                guard.End();
                return BodyRead.Without(BodyStatus.Truncated);
            }

            Hold(result);
            if (result.IsCanceled && result.Buffer.IsEmpty)
            {
                if (guard.IsInterrupted || expired)
                {
                    return BodyRead.Without(guard.IsInterrupted ? BodyStatus.Interrupted : pace is { IsTooSlow: true } ? BodyStatus.TooSlow : BodyStatus.TimedOut);
                }
            }
            else if (result.Buffer.IsEmpty && result.IsCompleted)
            {
                return End();
            }
        }
    }

    /// <summary>Ends the loan of the transport's buffer: gives back what was consumed. Called when the body is done with, before the connection is read otherwise.</summary>
    public void Release()
    {
        if (_isHolding)
        {
            _isHolding = false;
            _input.AdvanceTo(_buffer.Start);
            _buffer = default;
        }
    }

    private BodyRead End()
    {
        IsComplete = _framing == BodyFraming.UntilClose;
        return BodyRead.Without(IsComplete ? BodyStatus.End : BodyStatus.Truncated);
    }

    private void Hold(in ReadResult result)
    {
        _isHolding = true;
        _buffer = result.Buffer;
    }

    /// <summary>Takes the next piece off what is held; false when more bytes are needed.</summary>
    private bool TryDecode(out BodyRead read)
    {
        read = default;
        if (_buffer.IsEmpty)
        {
            return false;
        }

        if (_framing == BodyFraming.Chunked)
        {
            return TryDecodeChunked(out read);
        }

        var length = _framing == BodyFraming.ContentLength ? Math.Min(_buffer.Length, _remaining) : _buffer.Length;
        var data = _buffer.Slice(0, length);
        _buffer = _buffer.Slice(length);
        BytesRead += length;
        _remaining -= length;
        IsComplete = _framing == BodyFraming.ContentLength && _remaining == 0;
        read = IsTooLarge ? BodyRead.Without(BodyStatus.TooLarge) : new BodyRead(IsComplete ? BodyStatus.End : BodyStatus.Data, data);
        return true;
    }

    private bool TryDecodeChunked(out BodyRead read)
    {
        while (true)
        {
            var status = _decoder.Read(FirstBytes(), out var consumed, out var payloadLength);
            var data = _buffer.Slice(consumed - payloadLength, payloadLength);
            _buffer = _buffer.Slice(consumed);
            switch (status)
            {
                case ChunkedStatus.Payload:
                    BytesRead += payloadLength;
                    read = IsTooLarge ? BodyRead.Without(BodyStatus.TooLarge) : new BodyRead(BodyStatus.Data, data);
                    return true;
                case ChunkedStatus.Complete:
                    IsComplete = true;
                    read = BodyRead.Without(BodyStatus.End);
                    return true;
                case ChunkedStatus.Invalid:
                    read = BodyRead.Without(BodyStatus.Malformed);
                    return true;
                default:
                    if (_buffer.IsEmpty)
                    {
                        read = default;
                        return false;
                    }

                    break;
            }
        }
    }

    /// <summary>The first bytes held. A pipe may put an empty segment before them, from which the decoder would never get on.</summary>
    private ReadOnlySpan<byte> FirstBytes()
    {
        while (_buffer.FirstSpan.IsEmpty && !_buffer.IsEmpty)
        {
            var next = _buffer.Start;
            _buffer.TryGet(ref next, out _);
            _buffer = _buffer.Slice(next);
        }

        return _buffer.FirstSpan;
    }

    private bool IsTooLarge => MaxSize > 0 && BytesRead > MaxSize;
}
