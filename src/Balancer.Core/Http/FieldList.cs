using Balancer.Infrastructure;

namespace Balancer.Http;

/// <summary>Fields gathered for one response, in order: what a phase adds that runs before the answer is known. Reused; allocates only when it grows.</summary>
internal sealed class FieldList
{
    private readonly ByteBuffer _bytes = new(256);
    private (int Start, int NameLength, int ValueLength)[] _fields = new (int, int, int)[4];

    /// <summary>How many fields there are.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a field. The caller vouches that neither name nor value holds a line end.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Count == _fields.Length)
        {
            Array.Resize(ref _fields, Count * 2);
        }

        _fields[Count++] = (_bytes.Length, name.Length, value.Length);
        _bytes.Append(name);
        _bytes.Append(value);
    }

    /// <summary>Whether there is a field of that name, written like that.</summary>
    public bool Contains(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_bytes.Written.Slice(_fields[i].Start, _fields[i].NameLength).SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes all of them to a response's head.</summary>
    public void WriteTo(Downstream downstream)
    {
        for (var i = 0; i < Count; i++)
        {
            var (start, nameLength, valueLength) = _fields[i];
            var field = _bytes.Written[start..];
            downstream.AddField(field[..nameLength], field.Slice(nameLength, valueLength));
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Count = 0;
        _bytes.Clear();
    }
}
