using System.Runtime.InteropServices;

namespace Balancer.Http;

/// <summary>The header fields of one head in the order received. Reused from head to head; grows and keeps its room.</summary>
internal sealed class HeaderTable
{
    private HeaderField[] _fields = new HeaderField[24];

    /// <summary>How many fields there are.</summary>
    public int Count { get; private set; }

    /// <summary>The fields in the order received.</summary>
    public Span<HeaderField> Fields => MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(_fields), Count);

    /// <summary>Adds a field and returns it to be filled in; the reference is good until the next call.</summary>
    public ref HeaderField Add()
    {
        ref var field = ref Reserve();
        field = default;
        Count++;
        return ref field;
    }

    /// <summary>Room for the next field, to be filled in whole; it counts only after <see cref="Commit"/>.</summary>
    public ref HeaderField Reserve()
    {
        if (Count == _fields.Length)
        {
            Array.Resize(ref _fields, Count * 2);
        }

        return ref _fields[Count];
    }

    /// <summary>Takes up the field that was filled in behind the others.</summary>
    public void Commit() => Count++;

    /// <summary>Forgets all fields.</summary>
    public void Clear() => Count = 0;

    /// <summary>The first field that is <paramref name="known"/>, or -1.</summary>
    public int IndexOf(KnownHeader known)
    {
        var fields = Fields;
        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i].Known == known)
            {
                return i;
            }
        }

        return -1;
    }
}
