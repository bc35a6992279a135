using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

/// <summary>The values of the variables that <c>set</c> and <c>auth_request_set</c> gave a request, each at the place the configuration gave it. Reused; allocates only when it grows.</summary>
internal sealed class SetVariables
{
    private readonly ByteBuffer _bytes = new(0);
    private (int Start, int Length)[] _values = [];

    /// <summary>Sets a value.</summary>
    public void Set(int slot, ReadOnlySpan<byte> value)
    {
        if (slot >= _values.Length)
        {
            var before = _values.Length;
            Array.Resize(ref _values, slot + 4);
            _values.AsSpan(before).Fill((0, -1));
        }

        _values[slot] = (_bytes.Length, value.Length);
        _bytes.Append(value);
    }

    /// <summary>Appends a value; false when none was set.</summary>
    public bool Read(int slot, ByteBuffer output)
    {
        if (slot >= _values.Length || _values[slot].Length < 0)
        {
            return false;
        }

        output.Append(_bytes.Written.Slice(_values[slot].Start, _values[slot].Length));
        return true;
    }

    /// <summary>Takes over the values of another request.</summary>
    public void CopyFrom(SetVariables other)
    {
        for (var slot = 0; slot < other._values.Length; slot++)
        {
            var (start, length) = other._values[slot];
            if (length >= 0)
            {
                Set(slot, other._bytes.Written.Slice(start, length));
            }
        }
    }

    /// <summary>Forgets all.</summary>
    public void Reset()
    {
        if (_values.Length > 0)
        {
            _values.AsSpan().Fill((0, -1));
            _bytes.Clear();
        }
    }
}
