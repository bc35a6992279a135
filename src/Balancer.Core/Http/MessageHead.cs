using System.Buffers;
using System.Text;

namespace Balancer.Http;

/// <summary>
/// What request and response heads share: the bytes of the head, owned by this object, and the table of fields as offsets into them.
/// Heads are reused: <see cref="Reset"/> gives the bytes back, so nothing taken from a head may outlive its exchange.
/// </summary>
internal abstract class MessageHead
{
    /// <summary>Small buffers stay with the head, which is pooled itself; see <see cref="HeadWriter"/>.</summary>
    private const int KeptSize = 4096;

    private byte[] _bytes = [];

    /// <summary>The bytes of the head; offsets of <see cref="Headers"/> point into them.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>How many bytes the head has.</summary>
    public int Length { get; private set; }

    /// <summary>The header fields.</summary>
    public HeaderTable Headers { get; } = new();

    /// <summary>Content-Length, or -1 when there is none.</summary>
    public long ContentLength { get; set; } = -1;

    /// <summary>Whether the body is sent with Transfer-Encoding: chunked.</summary>
    public bool IsChunked { get; set; }

    /// <summary>10 for HTTP/1.0, 11 for HTTP/1.1, 20 for HTTP/2.</summary>
    public int Version { get; set; }

    /// <summary>Whether the sender keeps the connection open after this message (its version and Connection field say so).</summary>
    public bool KeepAlive { get; set; }

    /// <summary>Copies the bytes a parser worked on; its offsets stay true because they count from the first byte.</summary>
    public void Own(ReadOnlySpan<byte> head)
    {
        EnsureCapacity(head.Length);
        head.CopyTo(_bytes);
        Length = head.Length;
    }

    /// <summary>Appends bytes and returns the offset of the first, for front ends that build a head instead of parsing one.</summary>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        EnsureCapacity(Length + bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        var start = Length;
        Length += bytes.Length;
        return start;
    }

    /// <summary>Appends text whose characters stand for one byte each (Latin-1) and returns the offset of the first; any other becomes a NUL, which no check lets pass.</summary>
    public int AppendText(ReadOnlySpan<char> text)
    {
        EnsureCapacity(Length + text.Length);
        var start = Length;
        LatinText.Narrow(text, _bytes.AsSpan(start));
        Length += text.Length;
        return start;
    }

    /// <summary>The name of a field.</summary>
    public ReadOnlySpan<byte> Name(in HeaderField field) => _bytes.AsSpan(field.NameStart, field.NameLength);

    /// <summary>The value of a field.</summary>
    public ReadOnlySpan<byte> Value(in HeaderField field) => _bytes.AsSpan(field.ValueStart, field.ValueLength);

    /// <summary>The value of the first field that is <paramref name="known"/>; empty when there is none.</summary>
    public ReadOnlySpan<byte> Value(KnownHeader known)
    {
        var index = Headers.IndexOf(known);
        return index < 0 ? default : Value(Headers.Fields[index]);
    }

    /// <summary>Looks a field up by name, ignoring case.</summary>
    public bool TryGetValue(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (ref var field in Headers.Fields)
        {
            if (field.NameLength == name.Length && Ascii.EqualsIgnoreCase(Name(field), name))
            {
                value = Value(field);
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Forgets the head and gives a large buffer back.</summary>
    public virtual void Reset()
    {
        if (_bytes.Length > KeptSize)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }

        Length = 0;
        Headers.Clear();
        ContentLength = -1;
        IsChunked = false;
        Version = 0;
        KeepAlive = false;
    }

    /// <summary>A slice of <see cref="Bytes"/>.</summary>
    protected ReadOnlySpan<byte> Slice(int start, int length) => _bytes.AsSpan(start, length);

    private void EnsureCapacity(int size)
    {
        if (_bytes.Length >= size)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(size, 1024));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }
}
