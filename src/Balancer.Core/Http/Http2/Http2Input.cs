using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Balancer.Infrastructure;

namespace Balancer.Http.Http2;

/// <summary>
/// What the engine reads of a connection: the client's bytes, frame heads judged before they are passed on, and at most two frames of
/// our own between those of the client: a PING whose acknowledgement becomes the announcement of the close, and a frame that ends the connection.
/// </summary>
internal sealed class Http2Input(PipeReader inner, Http2Watch watch, Http2BlockDeadline block) : PipeReader
{
    private const int PrefaceLength = 24;

    private static readonly ReadOnlySequence<byte> s_ping = new([0, 0, 8, (byte)Http2FrameType.Ping, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

    /// <summary>A PING on a stream: wrong wherever it stands, within a header block too, and always an error of the connection (RFC 9113 section 6.7).</summary>
    private static readonly ReadOnlySequence<byte> s_poison = new([0, 0, 8, (byte)Http2FrameType.Ping, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);

    private Http2FrameCursor _cursor = new(PrefaceLength);
    private ReadOnlySequence<byte> _buffer;
    private ReadOnlySequence<byte> _ours;
    private long _judged;
    private bool _isOver;
    private bool _isReading;
    private volatile bool _sawEnd;
    private volatile bool _isCanceled;
    private volatile bool _wantsPing;

    /// <summary>Whether the client has closed its side.</summary>
    public bool SawEnd => _sawEnd;

    /// <summary>Has a PING passed to the engine as soon as a frame has ended. Any thread.</summary>
    public void InsertPing()
    {
        _wantsPing = true;
        inner.CancelPendingRead();
    }

    /// <summary>Has the judgement looked at again. Any thread.</summary>
    public void Wake() => inner.CancelPendingRead();

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        while (true)
        {
            if (_isOver || !_ours.IsEmpty)
            {
                result = Ours();
                return true;
            }

            if (!inner.TryRead(out var read))
            {
                result = default;
                return false;
            }

            if (TryPass(read, out result))
            {
                return true;
            }
        }
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_isOver || !_ours.IsEmpty)
        {
            return new ValueTask<ReadResult>(Ours());
        }

        var pending = inner.ReadAsync(cancellationToken);
        if (!pending.IsCompletedSuccessfully)
        {
            return ReadOnAsync(pending, cancellationToken);
        }

        return TryPass(pending.Result, out var result) ? new ValueTask<ReadResult>(result) : ReadOnAsync(inner.ReadAsync(cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_ours.IsEmpty)
        {
            _ours = _ours.Slice(consumed);
            return;
        }

        if (_isOver)
        {
            return;
        }

        // When the beginning of a head was held back, only more of it is worth a read.
        var holdsBackHead = _judged < _buffer.Length && !_wantsPing && watch.Fault == Http2Fault.None;
        var isAllExamined = holdsBackHead && _buffer.Slice(examined).Length == _buffer.Length - _judged;
        _judged -= _buffer.Slice(0, consumed).Length;
        inner.AdvanceTo(consumed, isAllExamined ? _buffer.End : examined);
        _buffer = default;
        _isReading = false;
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        _isCanceled = true;
        inner.CancelPendingRead();
    }

    /// <summary>The engine reads no more, perhaps without a word on what it has read last; the connection itself is closed by its owner, who still reads.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (_isReading)
        {
            inner.AdvanceTo(_buffer.End);
            _isReading = false;
        }

        _isOver = true;
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadOnAsync(ValueTask<ReadResult> pending, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryPass(await pending, out var result))
            {
                return result;
            }

            pending = inner.ReadAsync(cancellationToken);
        }
    }

    private ReadResult Ours() => new(_ours, isCanceled: false, isCompleted: _isOver && _ours.IsEmpty);

    /// <summary>Judges what has come and gives what may be passed on; false when there is nothing to tell yet.</summary>
    private bool TryPass(in ReadResult read, out ReadResult result)
    {
        var buffer = read.Buffer;
        _sawEnd |= read.IsCompleted;
        var isSound = Judge(buffer);
        block.Track(watch.IsInBlock);
        var interrupts = !isSound || (_wantsPing && _cursor.IsAtHead);
        if (_judged == 0 && interrupts)
        {
            inner.AdvanceTo(buffer.Start);
            Insert(isSound);
            result = Ours();
            return true;
        }

        var isCanceled = _isCanceled;
        if (_judged == 0 && !isCanceled && !read.IsCompleted)
        {
            inner.AdvanceTo(buffer.Start, buffer.End);
            result = default;
            return false;
        }

        _isCanceled = false;
        _buffer = buffer;
        _isReading = true;
        result = new ReadResult(buffer.Slice(0, _judged), isCanceled, read.IsCompleted && !interrupts);
        return true;
    }

    private void Insert(bool isSound)
    {
        _wantsPing = false;
        if (isSound)
        {
            watch.Announce();
            _ours = s_ping;
            return;
        }

        // In the middle of a payload it would only be more of it; then the connection just ends.
        _ours = _cursor.IsAtHead ? s_poison : default;
        _isOver = true;
    }

    /// <summary>Moves <see cref="_judged"/> over the frames that may be passed on; stops where something of ours goes in between. False when the connection is to be ended there.</summary>
    private bool Judge(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> bytes = stackalloc byte[Http2FrameHead.Size];
        while (_judged < buffer.Length || _cursor.IsAtHead)
        {
            if (watch.Fault != Http2Fault.None)
            {
                return false;
            }

            if (!_cursor.IsAtHead)
            {
                _judged += _cursor.Skip(buffer.Length - _judged);
                continue;
            }

            var rest = buffer.Slice(_judged);
            if (_wantsPing || rest.Length < Http2FrameHead.Size)
            {
                return true;
            }

            if (rest.FirstSpan.Length >= Http2FrameHead.Size)
            {
                rest.FirstSpan[..Http2FrameHead.Size].CopyTo(bytes);
            }
            else
            {
                rest.Slice(0, Http2FrameHead.Size).CopyTo(bytes);
            }

            var head = Http2FrameHead.Read(bytes);
            if (!watch.Receive(head))
            {
                return false;
            }

            _cursor.Enter(head);
            _judged += Http2FrameHead.Size;
        }

        return watch.Fault == Http2Fault.None;
    }
}
