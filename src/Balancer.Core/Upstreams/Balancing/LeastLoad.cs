using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Balancer.Upstreams.Balancing;

/// <summary>
/// The load of each server of a group, and the servers with the least of it. Not synchronised: the group's gate is held.
/// </summary>
/// <remarks>
/// A load is a quotient of two integers below 2^31 and 2^16; as a <see cref="double"/> equal quotients are equal and others are not, so that
/// comparing loads is nginx's comparing of cross products. Servers that may not be picked have an infinite load. The least load of every
/// block of servers is kept, so that the least of all is found at once; those that have it are found by loads in single precision, eight at
/// a time, as long as these can tell quotients of the group's weights apart.
/// </remarks>
internal sealed class LeastLoad
{
    private const int BlockSize = 32;

    private readonly double[] _loads;
    private readonly float[] _roughLoads;
    private readonly double[] _blockLeast;
    private readonly int[] _tied;
    private readonly double _exactBelow;

    /// <param name="weights">The weights loads are divided by.</param>
    public LeastLoad(ReadOnlySpan<int> weights)
    {
        var count = weights.Length;
        _tied = new int[count];
        _exactBelow = ExactBelow(weights);
        var blocks = (count + BlockSize - 1) / BlockSize;
        _loads = new double[blocks * BlockSize];
        _roughLoads = new float[blocks * BlockSize];
        _blockLeast = new double[(blocks + Vector256<double>.Count - 1) / Vector256<double>.Count * Vector256<double>.Count];
        Array.Fill(_loads, double.PositiveInfinity);
        Array.Fill(_roughLoads, float.PositiveInfinity);
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
            _roughLoads[index] = (float)value;
            ref var least = ref _blockLeast[index / BlockSize];
            if (value <= least)
            {
                least = value;
            }
            else if (old == least)
            {
                least = LeastOf(_loads.AsSpan(index / BlockSize * BlockSize, BlockSize));
            }
        }
    }

    /// <summary>The server with the least load, its turn among those with the same; -1 when none may be picked.</summary>
    public int Step(SmoothWeights weights)
    {
        var least = LeastOf(_blockLeast);
        if (double.IsPositiveInfinity(least))
        {
            return -1;
        }

        return weights.Recovering || least >= _exactBelow ? StepAmongTied(weights, least) : weights.StepWhere(_roughLoads, (float)least);
    }

    private int StepAmongTied(SmoothWeights weights, double least)
    {
        var count = 0;
        for (var i = 0; i < _tied.Length; i++)
        {
            if (_loads[i] == least)
            {
                _tied[count++] = i;
            }
        }

        return count == 1 ? _tied[0] : weights.StepAmong(_tied.AsSpan(0, count));
    }

    /// <summary>
    /// The load below which different quotients differ in single precision: a/b and c/d differ by at least 1/ad of themselves, and a float
    /// keeps what differs by 2^-23. With b and d at most w, a is at most w times the load; a common factor of the weights does not count.
    /// </summary>
    private static double ExactBelow(ReadOnlySpan<int> weights)
    {
        var greatest = 0;
        var divisor = BigInteger.Zero;
        foreach (var weight in weights)
        {
            greatest = Math.Max(greatest, weight);
            divisor = BigInteger.GreatestCommonDivisor(divisor, weight);
        }

        var reduced = greatest / (double)divisor;
        return (1 << 22) / (reduced * reduced * (double)divisor);
    }

    private static double LeastOf(ReadOnlySpan<double> loads)
    {
        ref var first = ref MemoryMarshal.GetReference(loads);
        var least = Vector256.Create(double.PositiveInfinity);
        for (nuint i = 0; i < (nuint)loads.Length; i += (nuint)Vector256<double>.Count)
        {
            least = Vector256.MinNative(least, Vector256.LoadUnsafe(ref first, i));
        }

        return Math.Min(Math.Min(least[0], least[1]), Math.Min(least[2], least[3]));
    }
}
