using System.Numerics;
using Balancer.Infrastructure;

namespace Balancer.Limits;

/// <summary>
/// What is known of the keys of a zone: one state for the whole process, kept over reloads. Cut by the keys' hashes into tables with a
/// lock each, which share the zone's memory evenly.
/// </summary>
internal abstract class LimitZone
{
    private const long LeastTable = 32 * 1024;
    private const int MostTables = 64;

    private static long s_lastSerial;

    private readonly KeyTable[] _tables;
    private readonly SipHash _hash = SipHash.WithRandomKey();

    /// <summary>Makes a zone without keys.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="key">The text of its key, as configured.</param>
    /// <param name="size">Bytes it may occupy, at least 32k.</param>
    protected LimitZone(string name, string key, long size)
    {
        Name = name;
        Key = key;
        Size = size;
        _tables = new KeyTable[Math.Clamp((int)BitOperations.RoundUpToPowerOf2((ulong)Math.Min(size / LeastTable, MostTables) + 1) / 2, 1, MostTables)];
        for (var i = 0; i < _tables.Length; i++)
        {
            _tables[i] = new KeyTable(size / _tables.Length);
        }
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The text of its key, as configured.</summary>
    public string Key { get; }

    /// <summary>Bytes it may occupy.</summary>
    public long Size { get; }

    /// <summary>Bytes its tables do occupy, used or not.</summary>
    public long Bytes => _tables.Sum(table => table.Bytes);

    /// <summary>Tells zones apart, in the order they were made: who needs several takes their locks in this order.</summary>
    public long Serial { get; } = Interlocked.Increment(ref s_lastSerial);

    /// <summary>How many keys there are; takes no lock.</summary>
    public long Count => _tables.Sum(static table => (long)table.Count);

    /// <summary>Bytes in use; takes no lock.</summary>
    public long UsedBytes => _tables.Sum(static table => table.UsedBytes);

    /// <summary>The hash of a key, for <see cref="TableOf"/> and for the table.</summary>
    public ulong HashOf(ReadOnlySpan<byte> key) => _hash.Compute(key);

    /// <summary>The table that holds keys of that hash.</summary>
    public KeyTable TableOf(ulong hash) => _tables[IndexOf(hash)];

    /// <summary>The number of that table.</summary>
    protected int IndexOf(ulong hash) => (int)(hash >> 32) & (_tables.Length - 1);

    /// <summary>The table of a number.</summary>
    protected KeyTable TableAt(int index) => _tables[index];
}
