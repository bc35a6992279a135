using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Balancer.Upstreams.Balancing;

/// <summary>
/// nginx's smooth weighted round robin over arrays, eight servers an instruction:
/// <code>
/// for each open server: current += effective; total += effective; if (effective &lt; ceiling) effective++
/// best = the first with the greatest current; best.current -= total
/// </code>
/// Weights are counted in units, so that a slow start can pass through fractions of a weight; a common factor does not change the sequence.
/// Not synchronised: the group's gate is held.
/// </summary>
internal sealed class SmoothWeights
{
    private readonly int[] _weights;
    private readonly int[] _ceilings;
    private readonly int[] _effective;
    private readonly int[] _current;
    private readonly int[] _open;
    private readonly int[] _first;
    private readonly int _unit;

    /// <param name="weights">The weight of each server.</param>
    /// <param name="finely">Whether weights need fractions.</param>
    public SmoothWeights(ReadOnlySpan<int> weights, bool finely)
    {
        Count = weights.Length;
        var padded = (Count + Vector<int>.Count - 1) / Vector<int>.Count * Vector<int>.Count;
        _weights = new int[padded];
        _effective = new int[padded];
        _current = new int[padded];
        _open = new int[padded];
        _first = new int[padded];

        long total = 0;
        foreach (var weight in weights)
        {
            total += weight;
        }

        _unit = finely ? (int)Math.Clamp((1L << 29) / Math.Max(1, total), 1, 256) : 1;
        for (var i = 0; i < Count; i++)
        {
            _weights[i] = checked(weights[i] * _unit);
        }

        _ceilings = (int[])_weights.Clone();
        _weights.CopyTo(_effective, 0);
    }

    /// <summary>How many servers there are.</summary>
    public int Count { get; }

    /// <summary>How many servers take part.</summary>
    public int OpenCount { get; private set; }

    /// <summary>Whether an open server has less than its whole weight, so that the next steps differ from those of a cycle.</summary>
    public bool Recovering { get; private set; }

    /// <summary>The sum of the effective weights of the open servers, in units.</summary>
    public int OpenTotal
    {
        get
        {
            var total = 0;
            for (var i = 0; i < Count; i++)
            {
                total += _effective[i] & _open[i];
            }

            return total;
        }
    }

    /// <summary>How many steps there are until every open server was chosen as often as its weight says: the sum of the open weights by their greatest common divisor.</summary>
    public long Period
    {
        get
        {
            long sum = 0;
            long divisor = 0;
            for (var i = 0; i < Count; i++)
            {
                if (_open[i] != 0)
                {
                    sum += _weights[i];
                    divisor = (long)BigInteger.GreatestCommonDivisor(divisor, _weights[i]);
                }
            }

            return divisor == 0 ? 0 : sum / divisor;
        }
    }

    /// <summary>Whether the server takes part.</summary>
    public bool IsOpen(int index) => _open[index] != 0;

    /// <summary>The current weight in whole weights.</summary>
    public int Current(int index) => _current[index] / _unit;

    /// <summary>The weight a server may grow to now: less than its own during a slow start.</summary>
    public double Ceiling(int index) => (double)_ceilings[index] / _unit;

    /// <summary>The effective weight in whole weights.</summary>
    public int Effective(int index) => _effective[index] / _unit;

    /// <summary>Lets the server take part, or not.</summary>
    public void SetOpen(int index, bool open)
    {
        if (open == (_open[index] != 0))
        {
            return;
        }

        _open[index] = open ? -1 : 0;
        OpenCount += open ? 1 : -1;
        Recovering |= open && _effective[index] < _ceilings[index];
    }

    /// <summary>Lowers the effective weight by whole weights, down to zero.</summary>
    public void Lower(int index, int weight)
    {
        _effective[index] = Math.Max(0, _effective[index] - (weight * _unit));
        Recovering |= _open[index] != 0 && _effective[index] < _ceilings[index];
    }

    /// <summary>Begins or continues a slow start: the effective weight grows no further than this share of the weight.</summary>
    public void SetCeiling(int index, double share)
    {
        _ceilings[index] = (int)(_weights[index] * share);
        _effective[index] = Math.Min(_effective[index], _ceilings[index]);
        Recovering |= _open[index] != 0 && _effective[index] < _ceilings[index];
    }

    /// <summary>One step over the open servers; returns the one chosen, or -1 when none is open.</summary>
    public int Step()
    {
        if (OpenCount == 0)
        {
            return -1;
        }

        return Step(_open);
    }

    /// <summary>One step over the servers of a mask, all of them open.</summary>
    /// <param name="mask">-1 for those that take part, 0 for the others; as long as the weights, which are padded to whole vectors, or longer.</param>
    public int Step(int[] mask) => Recovering ? StepRecovering(mask) : StepSteady(mask);

    /// <summary>Remembers the current weights for <see cref="IsBackAtMark"/>.</summary>
    public void Mark() => _current.CopyTo(_first, 0);

    /// <summary>Whether the current weights are those of the mark.</summary>
    public bool IsBackAtMark() => _current.AsSpan().SequenceEqual(_first);

    /// <summary>Takes back steps made with the servers open as they are now, all at their whole weight.</summary>
    public void Undo(ReadOnlySpan<ushort> picks)
    {
        if (picks.IsEmpty)
        {
            return;
        }

        var total = OpenTotal;
        foreach (var pick in picks)
        {
            _current[pick] += total;
        }

        var steps = new Vector<int>(picks.Length);
        for (var i = 0; i < _current.Length; i += Vector<int>.Count)
        {
            (new Vector<int>(_current, i) - (steps * (new Vector<int>(_effective, i) & new Vector<int>(_open, i)))).CopyTo(_current, i);
        }
    }

    private int StepSteady(int[] chosen)
    {
        ref var effective = ref MemoryMarshal.GetArrayDataReference(_effective);
        ref var current = ref MemoryMarshal.GetArrayDataReference(_current);
        ref var open = ref MemoryMarshal.GetArrayDataReference(chosen);

        var lowest = new Vector<int>(int.MinValue);
        var best = lowest;
        var bestIndex = Vector<int>.Zero;
        var index = Vector<int>.Indices;
        var total = Vector<int>.Zero;
        var width = new Vector<int>(Vector<int>.Count);
        for (nuint i = 0; i < (nuint)_current.Length; i += (nuint)Vector<int>.Count)
        {
            var mask = Vector.LoadUnsafe(ref open, i);
            var add = Vector.LoadUnsafe(ref effective, i) & mask;
            var sum = Vector.LoadUnsafe(ref current, i) + add;
            sum.StoreUnsafe(ref current, i);
            total += add;

            var candidate = Vector.ConditionalSelect(mask, sum, lowest);
            bestIndex = Vector.ConditionalSelect(Vector.GreaterThan(candidate, best), index, bestIndex);
            best = Vector.Max(best, candidate);
            index += width;
        }

        return Settle(best, bestIndex, Vector.Sum(total));
    }

    private int StepRecovering(int[] chosen)
    {
        var lowest = new Vector<int>(int.MinValue);
        var best = lowest;
        var bestIndex = Vector<int>.Zero;
        var index = Vector<int>.Indices;
        var total = Vector<int>.Zero;
        var width = new Vector<int>(Vector<int>.Count);
        var unit = new Vector<int>(_unit);
        var below = Vector<int>.Zero;
        for (var i = 0; i < _current.Length; i += Vector<int>.Count)
        {
            var mask = new Vector<int>(chosen, i);
            var effective = new Vector<int>(_effective, i);
            var ceiling = new Vector<int>(_ceilings, i);
            var add = effective & mask;
            var sum = new Vector<int>(_current, i) + add;
            sum.CopyTo(_current, i);
            total += add;

            var grown = Vector.Min(effective + (unit & mask), Vector.Max(effective, ceiling));
            grown.CopyTo(_effective, i);
            below |= Vector.LessThan(grown, ceiling) & new Vector<int>(_open, i);

            var candidate = Vector.ConditionalSelect(mask, sum, lowest);
            bestIndex = Vector.ConditionalSelect(Vector.GreaterThan(candidate, best), index, bestIndex);
            best = Vector.Max(best, candidate);
            index += width;
        }

        Recovering = below != Vector<int>.Zero;
        return Settle(best, bestIndex, Vector.Sum(total));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Settle(Vector<int> best, Vector<int> bestIndex, int total)
    {
        var winner = bestIndex[0];
        var greatest = best[0];
        for (var lane = 1; lane < Vector<int>.Count; lane++)
        {
            if (best[lane] > greatest || (best[lane] == greatest && bestIndex[lane] < winner))
            {
                greatest = best[lane];
                winner = bestIndex[lane];
            }
        }

        _current[winner] -= total;
        return winner;
    }
}
