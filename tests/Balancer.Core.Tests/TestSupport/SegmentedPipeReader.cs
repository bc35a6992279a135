using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Balancer.TestSupport;

/// <summary>A pipe in which all bytes are there and the other side has ended, cut into segments as a test wants; some may be empty.</summary>
internal sealed class SegmentedPipeReader : PipeReader
{
    private ReadOnlySequence<byte> _buffer;

    public SegmentedPipeReader(params byte[][] segments)
    {
        var first = new Segment(segments[0], null);
        var last = segments.Skip(1).Aggregate(first, (before, bytes) => new Segment(bytes, before));
        _buffer = new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <summary>What was not consumed.</summary>
    public string Rest => Encoding.ASCII.GetString(_buffer);

    public override bool TryRead(out ReadResult result)
    {
        result = new ReadResult(_buffer, isCanceled: false, isCompleted: true);
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => new(new ReadResult(_buffer, isCanceled: false, isCompleted: true));

    public override void AdvanceTo(SequencePosition consumed) => _buffer = _buffer.Slice(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => AdvanceTo(consumed);

    public override void CancelPendingRead()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? before)
        {
            Memory = bytes;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
