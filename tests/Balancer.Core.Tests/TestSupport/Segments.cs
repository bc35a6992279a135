using System.Buffers;

namespace Balancer.TestSupport;

/// <summary>Makes sequences of several segments, as a pipe gives them.</summary>
internal static class Segments
{
    /// <summary>The bytes in segments of up to <paramref name="size"/>.</summary>
    public static ReadOnlySequence<byte> Of(ReadOnlySpan<byte> bytes, int size)
    {
        var first = new Segment(bytes[..Math.Min(size, bytes.Length)].ToArray(), 0);
        var last = first;
        for (var at = size; at < bytes.Length; at += size)
        {
            last = last.Append(bytes[at..Math.Min(at + size, bytes.Length)].ToArray());
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, long index)
        {
            Memory = bytes;
            RunningIndex = index;
        }

        public Segment Append(byte[] bytes)
        {
            var next = new Segment(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
