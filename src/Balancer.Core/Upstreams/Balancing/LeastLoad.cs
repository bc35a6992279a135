using System.Numerics;

namespace Balancer.Upstreams.Balancing;

/// <summary>
/// The load of each server of a group, and the servers with the least of it. Not synchronised: the group's gate is held.
/// </summary>
/// <remarks>
/// A load is a quotient of two integers below 2^31 and 2^16; as a <see cref="double"/> equal quotients are equal and others are not, so that
/// comparing loads is nginx's comparing of cross products. Servers that may not be picked have an infinite load. The least load of every
/// block of servers is kept, so that only the blocks with the least one of all are looked at.
/// </remarks>
internal sealed class LeastLoad
{
    private const int BlockSize = 64;

    private readonly double[] _loads;
    private readonly double[] _blockLeast;
    private readonly int[] _tied;

    public LeastLoad(int count)
    {
        var blocks = (count + BlockSize - 1) / BlockSize;
        _loads = new double[blocks * BlockSize];
        _blockLeast = new double[blocks];
        _tied = new int[_loads.Length];
        Array.Fill(_loads, double.PositiveInfinity);
        Array.Fill(_blockLeast, double.PositiveInfinity);
    }

    /// <summary>The load of a server.</summary>
    public double this[int index]
    {
        get => _loads[index];
        set
        {
            var old = _loads[index];
            _loads[index] = value;
            ref var least = ref _blockLeast[index / BlockSize];
            if (value <= least)
            {
                least = value;
            }
            else if (old == least)
            {
                least = LeastOf(index / BlockSize);
            }
        }
    }

    /// <summary>The server with the least load, its turn among those with the same; -1 when none may be picked.</summary>
    public int Step(SmoothWeights weights)
    {
        var least = double.PositiveInfinity;
        foreach (var blockLeast in _blockLeast)
        {
            least = Math.Min(least, blockLeast);
        }

        if (double.IsPositiveInfinity(least))
        {
            return -1;
        }

        var tied = FindTied(least);
        return tied == 1 ? _tied.AsSpan().IndexOf(-1) : weights.Step(_tied);
    }

    /// <summary>Marks the servers with this load; returns how many there are.</summary>
    private int FindTied(double least)
    {
        var wanted = new Vector<double>(least);
        var count = Vector<int>.Zero;
        for (var block = 0; block < _blockLeast.Length; block++)
        {
            var start = block * BlockSize;
            if (_blockLeast[block] != least)
            {
                _tied.AsSpan(start, BlockSize).Clear();
                continue;
            }

            for (var i = start; i < start + BlockSize; i += Vector<int>.Count)
            {
                var low = Vector.Equals(new Vector<double>(_loads, i), wanted);
                var high = Vector.Equals(new Vector<double>(_loads, i + Vector<double>.Count), wanted);
                var mask = Vector.Narrow(low, high);
                mask.CopyTo(_tied, i);
                count -= mask;
            }
        }

        return Vector.Sum(count);
    }

    private double LeastOf(int block)
    {
        var least = new Vector<double>(double.PositiveInfinity);
        for (var i = block * BlockSize; i < (block + 1) * BlockSize; i += Vector<double>.Count)
        {
            least = Vector.Min(least, new Vector<double>(_loads, i));
        }

        var result = least[0];
        for (var lane = 1; lane < Vector<double>.Count; lane++)
        {
            result = Math.Min(result, least[lane]);
        }

        return result;
    }
}
