using System.Numerics;

namespace Balancer.Limits;

/// <summary>
/// Keys and what is known of them, in a number of bytes that is fixed when the table is made: one array of blocks, one of buckets.
/// Keys stand in the order of their use, so that the least recently used one can go when there is no room.
/// <code>
///   hash ─► bucket ─► block ─► block            keys of one bucket, by Next
///   oldest ◄─► … ◄─► newest                     all keys, by Newer and Older; block 0 is both ends
/// </code>
/// Allocates nothing once made. <see cref="Gate"/> is held for everything but reading <see cref="Count"/> and <see cref="UsedBytes"/>.
/// </summary>
internal sealed class KeyTable
{
    /// <summary>Bytes beside the arrays' elements: their headers, and this object with its lock.</summary>
    private const int Overhead = 256;

    /// <summary>The longest key.</summary>
    public const int LongestKey = ushort.MaxValue;

    private readonly int[] _buckets;
    private readonly KeyBlock[] _blocks;
    private int _free;
    private int _untouched = 1;
    private int _freeCount;
    private int _count;

    /// <summary>Makes a table.</summary>
    /// <param name="bytes">What it may occupy, at least 1024.</param>
    public KeyTable(long bytes)
    {
        var room = bytes - Overhead;
        var buckets = (int)Math.Min(1 << 28, (long)BitOperations.RoundUpToPowerOf2((ulong)(room / (KeyBlock.Size + sizeof(int))) + 1) / 2);
        var blocks = (int)Math.Min(Array.MaxLength, (room - ((long)buckets * sizeof(int))) / KeyBlock.Size);
        _buckets = new int[buckets];

        // Pages of blocks never used are never touched, so a large zone costs what is in it.
        _blocks = GC.AllocateUninitializedArray<KeyBlock>(blocks);
        _blocks[0] = default;
        _freeCount = blocks - 1;
        Bytes = ((long)buckets * sizeof(int)) + ((long)blocks * KeyBlock.Size) + Overhead;
    }

    /// <summary>Guards the table.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Bytes the table occupies.</summary>
    public long Bytes { get; }

    /// <summary>How many keys there are; any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Bytes of the blocks in use; any thread.</summary>
    public long UsedBytes => (long)(_blocks.Length - 1 - Volatile.Read(ref _freeCount)) * KeyBlock.Size;

    /// <summary>The key least recently used; 0 when there is none.</summary>
    public int Oldest => _blocks[0].Newer;

    /// <summary>The block of a key: its time and amount are the caller's.</summary>
    public ref KeyBlock this[int index] => ref _blocks[index];

    /// <summary>Finds a key.</summary>
    /// <returns>Its index, good until it is removed; 0 when it is not there.</returns>
    public int Find(ReadOnlySpan<byte> key, ulong hash)
    {
        var index = _buckets[(uint)hash & (uint)(_buckets.Length - 1)];
        while (index != 0)
        {
            ref var block = ref _blocks[index];
            if (block.Hash == (uint)hash && block.KeyLength == key.Length && HasKey(ref block, key))
            {
                return index;
            }

            index = block.Next;
        }

        return 0;
    }

    /// <summary>Whether a key of that length can be added now.</summary>
    public bool HasRoomFor(int keyLength) => BlocksOf(keyLength) <= _freeCount;

    /// <summary>Whether a key of that length could be added to an empty table.</summary>
    public bool CanHold(int keyLength) => keyLength <= LongestKey && BlocksOf(keyLength) < _blocks.Length;

    /// <summary>Adds a key that is not there, as the newest, with time and amount 0. There must be room.</summary>
    /// <returns>Its index.</returns>
    public int Add(ReadOnlySpan<byte> key, ulong hash)
    {
        var index = Take();
        ref var block = ref _blocks[index];
        block = default;
        block.Hash = (uint)hash;
        block.KeyLength = key.Length;
        StoreKey(ref block, key);
        ref var bucket = ref _buckets[(uint)hash & (uint)(_buckets.Length - 1)];
        block.Next = bucket;
        bucket = index;
        LinkAsNewest(ref block, index);
        Volatile.Write(ref _count, _count + 1);
        return index;
    }

    /// <summary>Makes a key the newest.</summary>
    public void Touch(int index)
    {
        if (_blocks[0].Older == index)
        {
            return;
        }

        ref var block = ref _blocks[index];
        Unlink(ref block);
        LinkAsNewest(ref block, index);
    }

    /// <summary>Removes a key.</summary>
    public void Remove(int index)
    {
        ref var block = ref _blocks[index];
        ref var link = ref _buckets[block.Hash & (uint)(_buckets.Length - 1)];
        while (link != index)
        {
            link = ref _blocks[link].Next;
        }

        link = block.Next;
        Unlink(ref block);
        var rest = block.KeyLength > KeyBlock.WholeKey ? block.Rest : 0;
        Give(index);
        while (rest != 0)
        {
            var next = _blocks[rest].Next;
            Give(rest);
            rest = next;
        }

        Volatile.Write(ref _count, _count - 1);
    }

    private static int BlocksOf(int keyLength) =>
        keyLength <= KeyBlock.WholeKey ? 1 : 1 + ((keyLength - KeyBlock.KeyStart + KeyBlock.KeyPart - 1) / KeyBlock.KeyPart);

    private bool HasKey(ref KeyBlock block, ReadOnlySpan<byte> key)
    {
        if (key.Length <= KeyBlock.WholeKey)
        {
            return key.SequenceEqual(block.Start[..key.Length]);
        }

        if (!key[..KeyBlock.KeyStart].SequenceEqual(block.Start[..KeyBlock.KeyStart]))
        {
            return false;
        }

        var index = block.Rest;
        for (key = key[KeyBlock.KeyStart..]; !key.IsEmpty; key = key[Math.Min(KeyBlock.KeyPart, key.Length)..])
        {
            ref var part = ref _blocks[index];
            if (!key[..Math.Min(KeyBlock.KeyPart, key.Length)].SequenceEqual(part.Part[..Math.Min(KeyBlock.KeyPart, key.Length)]))
            {
                return false;
            }

            index = part.Next;
        }

        return true;
    }

    private void StoreKey(ref KeyBlock block, ReadOnlySpan<byte> key)
    {
        if (key.Length <= KeyBlock.WholeKey)
        {
            key.CopyTo(block.Start);
            return;
        }

        key[..KeyBlock.KeyStart].CopyTo(block.Start);
        ref var link = ref block.Rest;
        for (key = key[KeyBlock.KeyStart..]; !key.IsEmpty; key = key[Math.Min(KeyBlock.KeyPart, key.Length)..])
        {
            link = Take();
            ref var part = ref _blocks[link];
            part.Next = 0;
            key[..Math.Min(KeyBlock.KeyPart, key.Length)].CopyTo(part.Part);
            link = ref part.Next;
        }
    }

    private int Take()
    {
        Volatile.Write(ref _freeCount, _freeCount - 1);
        if (_free == 0)
        {
            return _untouched++;
        }

        var index = _free;
        _free = _blocks[index].Next;
        return index;
    }

    private void Give(int index)
    {
        _blocks[index].Next = _free;
        _free = index;
        Volatile.Write(ref _freeCount, _freeCount + 1);
    }

    private void LinkAsNewest(ref KeyBlock block, int index)
    {
        ref var ends = ref _blocks[0];
        block.Newer = 0;
        block.Older = ends.Older;
        _blocks[ends.Older].Newer = index;
        ends.Older = index;
    }

    private void Unlink(ref KeyBlock block)
    {
        _blocks[block.Newer].Older = block.Older;
        _blocks[block.Older].Newer = block.Newer;
    }
}
