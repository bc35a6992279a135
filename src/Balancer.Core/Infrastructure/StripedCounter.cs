using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Balancer.Infrastructure;

/// <summary>
/// A counter that many cores add to without sharing a cache line: one cell per worker, added up when read.
/// </summary>
internal sealed class StripedCounter
{
    private readonly Cell[] _cells = new Cell[Worker.Count];

    /// <summary>Adds <paramref name="amount"/>; any thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long amount) => Interlocked.Add(ref _cells[Worker.Index].Value, amount);

    /// <summary>Adds one; any thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Increment() => Interlocked.Increment(ref _cells[Worker.Index].Value);

    /// <summary>The sum over all workers; not a snapshot of one instant.</summary>
    public long Value
    {
        get
        {
            long sum = 0;
            for (var i = 0; i < _cells.Length; i++)
            {
                sum += Volatile.Read(ref _cells[i].Value);
            }

            return sum;
        }
    }

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Cell
    {
        [FieldOffset(64)]
        public long Value;
    }
}
