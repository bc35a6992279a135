using System.Numerics;

namespace Balancer.Http.Http1;

/// <summary>Writes the chunked coding in its canonical form: size in lower-case hexadecimal without leading zeros, no extensions.</summary>
internal static class ChunkWriter
{
    /// <summary>Most bytes <see cref="WriteHead"/> writes.</summary>
    public const int MaxHeadLength = 18;

    /// <summary>What ends the data of a chunk.</summary>
    public static ReadOnlySpan<byte> DataEnd => "\r\n"u8;

    /// <summary>The last chunk, behind which trailers and an empty line follow.</summary>
    public static ReadOnlySpan<byte> LastChunk => "0\r\n"u8;

    /// <summary>The last chunk and the end of a body without trailers.</summary>
    public static ReadOnlySpan<byte> End => "0\r\n\r\n"u8;

    /// <summary>How many bytes <see cref="WriteHead"/> writes for a chunk of this size.</summary>
    public static int HeadLength(long size) => (BitOperations.Log2((ulong)size) >> 2) + 3;

    /// <summary>Writes the size line of a chunk.</summary>
    /// <param name="destination">Where to; at least <see cref="HeadLength"/> bytes.</param>
    /// <param name="size">How many bytes of data follow, at least 1: a chunk of 0 would end the body.</param>
    /// <returns>How many bytes were written.</returns>
    public static int WriteHead(Span<byte> destination, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        var digits = HeadLength(size) - 2;
        for (var i = digits - 1; i >= 0; i--)
        {
            destination[i] = "0123456789abcdef"u8[(int)(size & 15)];
            size >>= 4;
        }

        DataEnd.CopyTo(destination[digits..]);
        return digits + 2;
    }
}
