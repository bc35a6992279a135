using System.Buffers;
using System.Buffers.Text;

namespace Balancer.Infrastructure;

/// <summary>
/// A growing array of bytes to compose text in. It keeps its room when cleared, so that composing into it allocates nothing once it has grown.
/// Owned by one thread at a time.
/// </summary>
internal sealed class ByteBuffer(int capacity = 256) : IBufferWriter<byte>
{
    private const int LongestInt64 = 20;

    private byte[] _bytes = new byte[capacity];

    /// <summary>How many bytes are written.</summary>
    public int Length { get; private set; }

    /// <summary>How many bytes fit without growing.</summary>
    public int Capacity => _bytes.Length;

    /// <summary>The bytes written; good until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>The bytes written, for what needs them on the heap; good until the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Appends one byte.</summary>
    public void Append(byte value)
    {
        if (Length == _bytes.Length)
        {
            Grow(1);
        }

        _bytes[Length++] = value;
    }

    /// <summary>Appends a number in decimal digits.</summary>
    public void Append(long value)
    {
        Utf8Formatter.TryFormat(value, GetSpan(LongestInt64), out var written);
        Length += written;
    }

    /// <summary>Appends milliseconds as seconds with three decimals, the way nginx writes every time span.</summary>
    public void AppendSeconds(long milliseconds)
    {
        var (seconds, rest) = Math.DivRem(Math.Max(0, milliseconds), 1000);
        Append(seconds);
        var span = GetSpan(4);
        span[0] = (byte)'.';
        span[1] = (byte)('0' + rest / 100);
        span[2] = (byte)('0' + rest / 10 % 10);
        span[3] = (byte)('0' + rest % 10);
        Length += 4;
    }

    /// <summary>Drops what was written behind the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length, nameof(length));
        Length = length;
    }

    /// <summary>Forgets what was written and keeps the room.</summary>
    public void Clear() => Length = 0;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - Length), nameof(count));
        Length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(Length);
    }

    private void Reserve(int sizeHint)
    {
        if (_bytes.Length - Length < Math.Max(1, sizeHint))
        {
            Grow(Math.Max(1, sizeHint));
        }
    }

    private void Grow(int more) => Array.Resize(ref _bytes, Math.Max(checked(Length + more), Math.Max(64, _bytes.Length * 2)));
}
