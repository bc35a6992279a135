namespace Balancer.Upstreams;

/// <summary>Which servers of a group a request has tried: 64 without an allocation, more in an array that is kept.</summary>
internal struct TriedSet
{
    private ulong _first;
    private ulong[]? _others;
    private bool _any;

    /// <summary>Whether none was tried.</summary>
    public readonly bool IsEmpty => !_any;

    /// <summary>Whether the server was tried.</summary>
    public readonly bool Contains(int index) =>
        _any && ((index < 64 ? _first : _others![(index >> 6) - 1]) & (1UL << (index & 63))) != 0;

    /// <summary>Notes a server.</summary>
    public void Add(int index)
    {
        _any = true;
        if (index < 64)
        {
            _first |= 1UL << index;
        }
        else
        {
            _others![(index >> 6) - 1] |= 1UL << (index & 63);
        }
    }

    /// <summary>Forgets all servers and makes room for a group of that size.</summary>
    public void Clear(int groupSize)
    {
        if (_any)
        {
            _any = false;
            _first = 0;
            _others?.AsSpan().Clear();
        }

        var words = (groupSize - 1) >> 6;
        if (words > 0 && (_others is null || _others.Length < words))
        {
            _others = new ulong[words];
        }
    }
}
