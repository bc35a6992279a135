using System.Buffers;

namespace Balancer.Tls;

/// <summary>
/// Decrypted bytes that were not consumed yet, contiguous in one pooled array, so that parsers see one segment. An empty one holds no
/// array: an idle connection costs no buffer. Owned by the reader of one connection.
/// </summary>
internal sealed class DecryptedBuffer : ReadOnlySequenceSegment<byte>
{
    /// <summary>Bytes the reader has not looked at, beyond which nothing is decrypted. What it looked at and left does not count: it needs more to go on.</summary>
    public const int Limit = 64 * 1024;

    private const int LeastSize = 4 * 1024;

    /// <summary>A record with the most plain bytes it can have (RFC 8446 section 5.1).</summary>
    private const int RecordSize = 16 * 1024;

    private byte[]? _array;
    private int _start;
    private int _examined;
    private int _end;

    /// <summary>How many bytes are held.</summary>
    public int Length => _end - _start;

    /// <summary>Whether there are bytes the reader has not looked at.</summary>
    public bool HasNews => _examined < _end;

    /// <summary>Whether no more should be added.</summary>
    public bool IsFull => _end - _examined >= Limit;

    /// <summary>The bytes held. Good until the next call.</summary>
    public ReadOnlySequence<byte> Sequence => _array is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(this, _start, this, _end);

    /// <summary>Room for further bytes.</summary>
    /// <param name="expected">How many bytes are about to be decrypted, as a hint.</param>
    public Span<byte> GetRoom(long expected)
    {
        var wanted = (int)Math.Clamp(expected, LeastSize, RecordSize);
        if (_array is null)
        {
            SetArray(ArrayPool<byte>.Shared.Rent(wanted), 0);
        }
        else if (_array.Length - _end < wanted)
        {
            MakeRoom(wanted);
        }

        return _array.AsSpan(_end);
    }

    /// <summary>Bytes were written to the room.</summary>
    public void Advance(int count) => _end += count;

    /// <summary>Gives up the bytes before one position of <see cref="Sequence"/>; those before the other have been looked at.</summary>
    public void Consume(SequencePosition consumed, SequencePosition examined)
    {
        if (!ReferenceEquals(consumed.GetObject(), this) || !ReferenceEquals(examined.GetObject(), this))
        {
            // Positions of an empty sequence.
            return;
        }

        _start = consumed.GetInteger();
        _examined = examined.GetInteger();
        ReleaseIfEmpty();
    }

    /// <summary>Gives the array back if it holds nothing.</summary>
    public void ReleaseIfEmpty()
    {
        if (_start == _end)
        {
            Release();
        }
    }

    /// <summary>Gives up everything.</summary>
    public void Release()
    {
        if (_array is { } array)
        {
            _array = null;
            Memory = default;
            _start = 0;
            _examined = 0;
            _end = 0;
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    private void MakeRoom(int wanted)
    {
        var old = _array!;
        var length = Length;
        if (old.Length - length >= wanted)
        {
            old.AsSpan(_start, length).CopyTo(old);
            SetArray(old, length);
            return;
        }

        var array = ArrayPool<byte>.Shared.Rent(Math.Max(2 * old.Length, length + wanted));
        old.AsSpan(_start, length).CopyTo(array);
        SetArray(array, length);
        ArrayPool<byte>.Shared.Return(old);
    }

    private void SetArray(byte[] array, int length)
    {
        _array = array;
        Memory = array;
        _examined -= _start;
        _start = 0;
        _end = length;
    }
}
