using System.Numerics;
using System.Runtime.CompilerServices;

namespace Balancer.Infrastructure;

/// <summary>
/// Numbers the threads that do I/O, so that counters and idle pools can be kept per worker. A thread keeps its number
/// for life; with more threads than workers numbers are shared, so what is kept per worker must stay safe for several threads.
/// </summary>
internal static class Worker
{
    private static int s_next;

    [ThreadStatic]
    private static int t_indexPlusOne;

    /// <summary>How many workers there are: the processors, rounded up to a power of two, at most 64.</summary>
    public static int Count { get; } = (int)Math.Min(64, BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));

    /// <summary>The number of the calling thread, from 0 to <see cref="Count"/> - 1.</summary>
    public static int Index
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var index = t_indexPlusOne;
            return index != 0 ? index - 1 : Assign();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Assign()
    {
        var index = (Interlocked.Increment(ref s_next) - 1) & (Count - 1);
        t_indexPlusOne = index + 1;
        return index;
    }
}
