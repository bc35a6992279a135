using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Balancer.Http;

/// <summary>
/// Gathers a head in one buffer, so that it reaches the transport in one copy. Also takes what templates write. Reused,
/// with its buffer as long as that is small.
/// </summary>
internal sealed class HeadWriter : IBufferWriter<byte>
{
    private const int FirstSize = 2048;

    /// <summary>
    /// A buffer up to this size stays with the writer, which is pooled itself: the shared array pool keeps few arrays of a size
    /// per core, and would allocate for every request beyond them.
    /// </summary>
    private const int KeptSize = 4096;

    private byte[] _buffer = [];
    private int _length;

    /// <summary>What has been written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary><see cref="Written"/> for those who have to wait with it; good until more is written.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _length);

    /// <summary>How many bytes have been written.</summary>
    public int Length => _length;

    /// <summary>Appends bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ReadOnlySpan<byte> bytes)
    {
        var length = _length;
        if (bytes.Length > _buffer.Length - length)
        {
            Grow(bytes.Length);
        }

        bytes.CopyTo(_buffer.AsSpan(length));
        _length = length + bytes.Length;
    }

    /// <summary>Appends text, each of its characters as one byte (Latin-1).</summary>
    public void WriteText(ReadOnlySpan<char> text)
    {
        if (text.Length > _buffer.Length - _length)
        {
            Grow(text.Length);
        }

        LatinText.Narrow(text, _buffer.AsSpan(_length));
        _length += text.Length;
    }

    /// <summary>Appends a field line: <c>name: value CR LF</c>. The caller vouches that neither holds a line end.</summary>
    public void WriteField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var size = name.Length + value.Length + 4;
        if (size > _buffer.Length - _length)
        {
            Grow(size);
        }

        var span = _buffer.AsSpan(_length, size);
        name.CopyTo(span);
        span[name.Length] = (byte)':';
        span[name.Length + 1] = (byte)' ';
        value.CopyTo(span[(name.Length + 2)..]);
        span[^2] = (byte)'\r';
        span[^1] = (byte)'\n';
        _length += size;
    }

    /// <summary>Appends a field line whose value is a number.</summary>
    public void WriteField(ReadOnlySpan<byte> name, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var length);
        WriteField(name, digits[..length]);
    }

    /// <summary>Takes back what was written since <paramref name="length"/> bytes.</summary>
    public void Truncate(int length) => _length = length;

    /// <summary>Writes over bytes that have been written.</summary>
    public void Overwrite(int start, ReadOnlySpan<byte> bytes) => bytes.CopyTo(_buffer.AsSpan(start, _length - start));

    /// <summary>
    /// Replaces line ends and NUL written since <paramref name="start"/> by spaces: a decoded <c>$uri</c> may hold them, and a
    /// field value that did would be response or request splitting.
    /// </summary>
    public void NeutralizeFrom(int start)
    {
        var value = _buffer.AsSpan(start, _length - start);
        for (var i = value.IndexOfAny((byte)'\r', (byte)'\n', (byte)0); i >= 0; i = value.IndexOfAny((byte)'\r', (byte)'\n', (byte)0))
        {
            value[i] = (byte)' ';
        }
    }

    /// <inheritdoc/>
    public void Advance(int count) => _length += count;

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        sizeHint = Math.Max(sizeHint, 64);
        if (_buffer.Length - _length < sizeHint)
        {
            Grow(sizeHint);
        }

        return _buffer.AsSpan(_length);
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        GetSpan(sizeHint);
        return _buffer.AsMemory(_length);
    }

    /// <summary>Forgets what was written and gives a large buffer back.</summary>
    public void Reset()
    {
        _length = 0;
        if (_buffer.Length > KeptSize)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, Math.Max(_length + needed, _buffer.Length * 2)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
