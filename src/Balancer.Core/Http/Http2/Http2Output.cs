using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Balancer.Http.Http2;

/// <summary>
/// What the engine writes to a connection. Its frames pass unchanged but for two: the acknowledgement of our own PING becomes the
/// GOAWAY that announces the close, and the GOAWAY of a connection that was condemned tells why.
/// The engine calls it under a lock of its own, one call at a time.
/// </summary>
internal sealed class Http2Output(PipeWriter inner, Http2Input input, Http2Watch watch) : PipeWriter
{
    private const int FieldSize = 4;

    /// <summary>A GOAWAY that names every stream (RFC 9113 section 6.8), NO_ERROR.</summary>
    private static ReadOnlySpan<byte> EveryStream => [0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0];

    private readonly byte[] _head = new byte[Http2FrameHead.Size];
    private readonly byte[] _field = new byte[FieldSize];
    private Memory<byte> _lent;
    private Http2FrameHead _frame;
    private int _headLength;
    private int _position;
    private bool _isAnnouncement;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => inner.UnflushedBytes;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => _lent = inner.GetMemory(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        Watch(_lent.Span[..bytes]);
        _lent = _lent[bytes..];
        inner.Advance(bytes);
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    /// <summary>The engine writes no more; the connection itself is closed by its owner.</summary>
    public override void Complete(Exception? exception = null)
    {
    }

    private void Watch(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_headLength < Http2FrameHead.Size)
            {
                var count = Math.Min(Http2FrameHead.Size - _headLength, bytes.Length);
                bytes[..count].CopyTo(_head.AsSpan(_headLength));
                _headLength += count;
                if (_headLength == Http2FrameHead.Size)
                {
                    Begin(bytes[..count]);
                }

                bytes = bytes[count..];
            }
            else
            {
                var count = Math.Min(_frame.Length - _position, bytes.Length);
                WatchPayload(bytes[..count]);
                _position += count;
                bytes = bytes[count..];
            }

            if (_headLength == Http2FrameHead.Size && _position == _frame.Length)
            {
                _headLength = 0;
            }
        }
    }

    /// <summary>A head is complete.</summary>
    /// <param name="end">Its last bytes, in place.</param>
    private void Begin(Span<byte> end)
    {
        _frame = Http2FrameHead.Read(_head);
        _position = 0;
        watch.Send(_frame);
        _isAnnouncement = _frame is { Type: Http2FrameType.Ping, IsAck: true } && watch.SendPingAck();
        if (_isAnnouncement && end.Length == Http2FrameHead.Size)
        {
            end[3] = (byte)Http2FrameType.GoAway;
            end[4] = 0;
        }
    }

    private void WatchPayload(Span<byte> bytes)
    {
        switch (_frame.Type)
        {
            case Http2FrameType.Ping when _isAnnouncement:
                EveryStream.Slice(_position, bytes.Length).CopyTo(bytes);
                break;
            case Http2FrameType.ResetStream:
                WatchFields(bytes);
                break;
            case Http2FrameType.GoAway when _position < 8:
                WatchFields(bytes[..Math.Min(8 - _position, bytes.Length)]);
                break;
        }
    }

    /// <summary>Gathers fields of a payload, whatever pieces it is written in.</summary>
    private void WatchFields(Span<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            var offset = (_position + i) % FieldSize;
            _field[offset] = bytes[i];
            if (offset == FieldSize - 1)
            {
                OnField(_position + i + 1, bytes[Math.Max(0, i + 1 - FieldSize)..(i + 1)]);
            }
        }
    }

    /// <summary>A field is complete.</summary>
    /// <param name="end">Where in the payload it ends.</param>
    /// <param name="bytes">Its last bytes, in place.</param>
    private void OnField(int end, Span<byte> bytes)
    {
        switch (_frame.Type)
        {
            case Http2FrameType.ResetStream:
                watch.SendReset(_frame.Stream, (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(_field));
                if (watch.Fault != Http2Fault.None)
                {
                    input.Wake();
                }

                break;
            case Http2FrameType.GoAway when end == 8:
                bytes[^1] = (byte)watch.SendGoAway((Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(_field));
                break;
        }
    }
}
