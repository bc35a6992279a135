using System.Runtime.CompilerServices;

namespace Balancer.Infrastructure;

/// <summary>
/// A pool of reusable objects: a small stack per thread, and a bounded store shared by all from which whole batches are
/// moved. Objects rented by one thread and returned by another thus find their way back, with one lock a batch.
/// </summary>
/// <typeparam name="T">What is pooled; its owner resets it before it is returned.</typeparam>
internal static class WorkerPool<T>
    where T : class, new()
{
    private const int BatchSize = 32;
    private const int MaxBatches = 128;

    private static readonly Stack<T[]> Full = new();
    private static readonly Stack<T[]> Empty = new();

    [ThreadStatic]
    private static T[]? t_items;

    [ThreadStatic]
    private static int t_count;

    /// <summary>Takes an object from the pool, or makes one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Rent()
    {
        var count = t_count;
        if (count > 0)
        {
            t_count = --count;
            return t_items![count];
        }

        return Refill();
    }

    /// <summary>Gives an object back. The caller must not use it afterwards.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Return(T item)
    {
        var items = t_items;
        if (items is not null && t_count < 2 * BatchSize)
        {
            items[t_count++] = item;
            return;
        }

        Spill(item);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Refill()
    {
        t_items ??= new T[2 * BatchSize];
        lock (Full)
        {
            if (Full.TryPop(out var batch))
            {
                Array.Copy(batch, t_items, BatchSize);
                Array.Clear(batch);
                Empty.Push(batch);
                t_count = BatchSize - 1;
                return t_items[BatchSize - 1];
            }
        }

        return new T();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Spill(T item)
    {
        if (t_items is null)
        {
            t_items = new T[2 * BatchSize];
        }
        else
        {
            lock (Full)
            {
                if (Full.Count < MaxBatches)
                {
                    var batch = Empty.TryPop(out var reused) ? reused : new T[BatchSize];
                    Array.Copy(t_items, BatchSize, batch, 0, BatchSize);
                    Full.Push(batch);
                }
            }

            t_count = BatchSize;
        }

        t_items[t_count++] = item;
    }
}
