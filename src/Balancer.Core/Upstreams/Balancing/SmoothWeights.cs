using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
/// <remarks>
/// A server that is closed stands in the arrays with nothing to add and a current weight nobody is below, so that a step needs no mask;
/// what it really has is kept aside until it is open again.
/// </remarks>
internal sealed class SmoothWeights
{
    /// <summary>Below every current weight there can be: those are no further from zero than the sum of all weights, at most 2^29.</summary>
    private const int ClosedCurrent = int.MinValue / 2;

    private readonly int[] _effective;
    private readonly int[] _current;
    private readonly int[] _ceilings;
    private readonly int[] _marked;
    private readonly WeightAside[] _aside;
    private readonly int _unit;
    private long _period = -1;

    /// <param name="weights">The weight of each server.</param>
    /// <param name="finely">Whether weights need fractions.</param>
    public SmoothWeights(ReadOnlySpan<int> weights, bool finely)
    {
        Count = weights.Length;
        var padded = (Count + Vector256<int>.Count - 1) / Vector256<int>.Count * Vector256<int>.Count;
        _effective = new int[padded];
        _current = new int[padded];
        _ceilings = new int[padded];
        _marked = new int[padded];
        _aside = new WeightAside[Count];
        Array.Fill(_current, ClosedCurrent);

        long total = 0;
        foreach (var weight in weights)
        {
            total += weight;
        }

        _unit = finely ? (int)Math.Clamp((1L << 29) / Math.Max(1, total), 1, 256) : 1;
        for (var i = 0; i < Count; i++)
        {
            var weight = checked(weights[i] * _unit);
            _aside[i] = new WeightAside { Weight = weight, Ceiling = weight, Effective = weight };
        }
    }

    /// <summary>How many servers there are.</summary>
    public int Count { get; }

    /// <summary>How many servers take part.</summary>
    public int OpenCount { get; private set; }

    /// <summary>Whether an open server has less than its whole weight, so that the next steps differ from those of a cycle.</summary>
    public bool Recovering { get; private set; }

    /// <summary>How many steps there are until every open server was chosen as often as its weight says: the sum of the open weights by their greatest common divisor.</summary>
    public long Period => _period >= 0 ? _period : _period = ComputePeriod();

    /// <summary>Whether the server takes part.</summary>
    public bool IsOpen(int index) => _aside[index].IsOpen;

    /// <summary>The weight a server may grow to now: less than its own during a slow start.</summary>
    public double Ceiling(int index) => (double)_aside[index].Ceiling / _unit;

    /// <summary>The effective weight in whole weights.</summary>
    public int Effective(int index) => (IsOpen(index) ? _effective[index] : _aside[index].Effective) / _unit;

    /// <summary>The current weight in whole weights.</summary>
    public int Current(int index) => (IsOpen(index) ? _current[index] : _aside[index].Current) / _unit;

    /// <summary>Lets the server take part, or not.</summary>
    public void SetOpen(int index, bool open)
    {
        ref var aside = ref _aside[index];
        if (open == aside.IsOpen)
        {
            return;
        }

        _period = -1;
        aside.IsOpen = open;
        OpenCount += open ? 1 : -1;
        if (open)
        {
            _effective[index] = aside.Effective;
            _current[index] = aside.Current;
            _ceilings[index] = aside.Ceiling;
            Recovering |= aside.Effective < aside.Ceiling;
        }
        else
        {
            aside.Effective = _effective[index];
            aside.Current = _current[index];
            _effective[index] = 0;
            _current[index] = ClosedCurrent;
            _ceilings[index] = 0;
        }
    }

    /// <summary>Lowers the effective weight by whole weights, down to zero.</summary>
    public void Lower(int index, int weight)
    {
        ref var effective = ref EffectiveOf(index);
        effective = Math.Max(0, effective - (weight * _unit));
        Recovering |= IsOpen(index) && effective < _aside[index].Ceiling;
    }

    /// <summary>Begins or continues a slow start: the effective weight grows no further than this share of the weight.</summary>
    public void SetCeiling(int index, double share)
    {
        ref var aside = ref _aside[index];
        aside.Ceiling = (int)(aside.Weight * share);
        ref var effective = ref EffectiveOf(index);
        effective = Math.Min(effective, aside.Ceiling);
        if (aside.IsOpen)
        {
            _ceilings[index] = aside.Ceiling;
            Recovering |= effective < aside.Ceiling;
        }
    }

    /// <summary>One step over the open servers; returns the one chosen, or -1 when none is open.</summary>
    public int Step()
    {
        if (OpenCount == 0)
        {
            return -1;
        }

        return Recovering ? StepRecovering() : StepSteady();
    }

    /// <summary>One step over some of the open servers.</summary>
    /// <param name="indices">Those that take part, in ascending order; at least one.</param>
    public int StepAmong(ReadOnlySpan<int> indices)
    {
        var best = indices[0];
        var total = 0;
        foreach (var index in indices)
        {
            _current[index] += _effective[index];
            total += _effective[index];
            _effective[index] = Math.Min(_effective[index] + _unit, Math.Max(_effective[index], _ceilings[index]));
            if (_current[index] > _current[best])
            {
                best = index;
            }
        }

        _current[best] -= total;
        return best;
    }

    /// <summary>One step over the servers that have this key, at least one, all of them open and none recovering.</summary>
    /// <param name="keys">A key for each server, as many as there are or more.</param>
    /// <param name="key">The key of those that take part.</param>
    public int StepWhere(float[] keys, float key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keys.Length, _current.Length);
        ref var firstKey = ref MemoryMarshal.GetArrayDataReference(keys);
        ref var effective = ref MemoryMarshal.GetArrayDataReference(_effective);
        ref var current = ref MemoryMarshal.GetArrayDataReference(_current);
        var length = (nuint)_current.Length;

        var wanted = Vector256.Create(key);
        var lowest = Vector256.Create(int.MinValue);
        var best = lowest;
        var bestIndex = Vector256<int>.Zero;
        var index = Vector256<int>.Indices;
        var total = Vector256<int>.Zero;
        var width = Vector256.Create(Vector256<int>.Count);
        for (nuint i = 0; i < length; i += (nuint)Vector256<int>.Count)
        {
            var mask = Vector256.Equals(Vector256.LoadUnsafe(ref firstKey, i), wanted).AsInt32();
            var add = Vector256.LoadUnsafe(ref effective, i) & mask;
            var sum = Vector256.LoadUnsafe(ref current, i) + add;
            sum.StoreUnsafe(ref current, i);
            total += add;

            var candidate = Vector256.ConditionalSelect(mask, sum, lowest);
            bestIndex = Vector256.ConditionalSelect(Vector256.GreaterThan(candidate, best), index, bestIndex);
            best = Vector256.Max(best, candidate);
            index += width;
        }

        return Settle(best, bestIndex, Vector256.Sum(total));
    }

    /// <summary>Remembers the current weights for <see cref="IsBackAtMark"/>.</summary>
    public void Mark() => _current.CopyTo(_marked, 0);

    /// <summary>Whether the current weights are those of the mark.</summary>
    public bool IsBackAtMark() => _current.AsSpan().SequenceEqual(_marked);

    /// <summary>Takes back steps made with the servers open as they are now, all at their whole weight.</summary>
    public void Undo(ReadOnlySpan<ushort> picks)
    {
        if (picks.IsEmpty)
        {
            return;
        }

        var total = 0;
        for (var i = 0; i < _current.Length; i++)
        {
            _current[i] -= picks.Length * _effective[i];
            total += _effective[i];
        }

        foreach (var pick in picks)
        {
            _current[pick] += total;
        }
    }

    private long ComputePeriod()
    {
        long sum = 0;
        var divisor = 0;
        foreach (ref readonly var server in _aside.AsSpan())
        {
            if (server.IsOpen)
            {
                sum += server.Weight;
                divisor = GreatestCommonDivisor(server.Weight, divisor);
            }
        }

        return divisor == 0 ? 0 : sum / divisor;
    }

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }

    private ref int EffectiveOf(int index) => ref IsOpen(index) ? ref _effective[index] : ref _aside[index].Effective;

    private int StepSteady()
    {
        ref var effective = ref MemoryMarshal.GetArrayDataReference(_effective);
        ref var current = ref MemoryMarshal.GetArrayDataReference(_current);
        var length = (nuint)_current.Length;

        var best = Vector256.Create(int.MinValue);
        var bestIndex = Vector256<int>.Zero;
        var index = Vector256<int>.Indices;
        var total = Vector256<int>.Zero;
        var width = Vector256.Create(Vector256<int>.Count);
        for (nuint i = 0; i < length; i += (nuint)Vector256<int>.Count)
        {
            var add = Vector256.LoadUnsafe(ref effective, i);
            var sum = Vector256.LoadUnsafe(ref current, i) + add;
            sum.StoreUnsafe(ref current, i);
            total += add;

            bestIndex = Vector256.ConditionalSelect(Vector256.GreaterThan(sum, best), index, bestIndex);
            best = Vector256.Max(best, sum);
            index += width;
        }

        return Settle(best, bestIndex, Vector256.Sum(total));
    }

    private int StepRecovering()
    {
        ref var effective = ref MemoryMarshal.GetArrayDataReference(_effective);
        ref var current = ref MemoryMarshal.GetArrayDataReference(_current);
        var length = (nuint)_current.Length;
        ref var ceilings = ref MemoryMarshal.GetArrayDataReference(_ceilings);

        var best = Vector256.Create(int.MinValue);
        var bestIndex = Vector256<int>.Zero;
        var index = Vector256<int>.Indices;
        var total = Vector256<int>.Zero;
        var width = Vector256.Create(Vector256<int>.Count);
        var unit = Vector256.Create(_unit);
        var below = Vector256<int>.Zero;
        for (nuint i = 0; i < length; i += (nuint)Vector256<int>.Count)
        {
            var add = Vector256.LoadUnsafe(ref effective, i);
            var ceiling = Vector256.LoadUnsafe(ref ceilings, i);
            var sum = Vector256.LoadUnsafe(ref current, i) + add;
            sum.StoreUnsafe(ref current, i);
            total += add;

            var grown = Vector256.Min(add + unit, Vector256.Max(add, ceiling));
            grown.StoreUnsafe(ref effective, i);
            below |= Vector256.LessThan(grown, ceiling);

            bestIndex = Vector256.ConditionalSelect(Vector256.GreaterThan(sum, best), index, bestIndex);
            best = Vector256.Max(best, sum);
            index += width;
        }

        Recovering = below != Vector256<int>.Zero;
        return Settle(best, bestIndex, Vector256.Sum(total));
    }

    /// <summary>Takes the total from the first of those with the greatest current weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Settle(Vector256<int> best, Vector256<int> bestIndex, int total)
    {
        var greatest = Vector128.Max(best.GetLower(), best.GetUpper());
        greatest = Vector128.Max(greatest, Vector128.Shuffle(greatest, Vector128.Create(2, 3, 0, 1)));
        greatest = Vector128.Max(greatest, Vector128.Shuffle(greatest, Vector128.Create(1, 0, 3, 2)));
        var isGreatest = Vector256.Equals(best, Vector256.Create(greatest, greatest));
        var candidates = Vector256.ConditionalSelect(isGreatest, bestIndex, Vector256.Create(int.MaxValue));
        var first = Vector128.Min(candidates.GetLower(), candidates.GetUpper());
        first = Vector128.Min(first, Vector128.Shuffle(first, Vector128.Create(2, 3, 0, 1)));
        first = Vector128.Min(first, Vector128.Shuffle(first, Vector128.Create(1, 0, 3, 2)));
        var winner = first.ToScalar();
        _current[winner] -= total;
        return winner;
    }
}
