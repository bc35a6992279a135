using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Balancer.Limits;

/// <summary>
/// 48 bytes of a <see cref="KeyTable"/>: a key of up to 16 bytes and what is known of it, or the next 44 bytes of a longer key.
/// <code>
///   first:  0 next │ 4 hash │ 8 newer │ 12 older │ 16 time │ 24 amount │ 28 key length │ 32 key, or 12 bytes of it and 44 rest
///   others: 0 next │ 4 key
/// </code>
/// Numbers of blocks are indexes; 0 is none.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct KeyBlock
{
    /// <summary>Bytes of a block.</summary>
    public const int Size = 48;

    /// <summary>Bytes of a key that is held by its first block alone.</summary>
    public const int WholeKey = 16;

    /// <summary>Bytes of a longer key in its first block.</summary>
    public const int KeyStart = 12;

    /// <summary>Bytes of a longer key in each further block.</summary>
    public const int KeyPart = 44;

    /// <summary>The next key of the same bucket, the next part of the same key, or the next free block.</summary>
    [FieldOffset(0)]
    public int Next;

    /// <summary>The lower half of the key's hash.</summary>
    [FieldOffset(4)]
    public uint Hash;

    /// <summary>The key that was used after this one.</summary>
    [FieldOffset(8)]
    public int Newer;

    /// <summary>The key that was used before this one.</summary>
    [FieldOffset(12)]
    public int Older;

    /// <summary>For the owner of the table: a time.</summary>
    [FieldOffset(16)]
    public long Time;

    /// <summary>For the owner of the table: an amount.</summary>
    [FieldOffset(24)]
    public uint Amount;

    /// <summary>Bytes of the key.</summary>
    [FieldOffset(28)]
    public int KeyLength;

    /// <summary>The key, or its start.</summary>
    [FieldOffset(32)]
    public StartBytes Start;

    /// <summary>The block with the next part of a key that is longer than <see cref="WholeKey"/>.</summary>
    [FieldOffset(44)]
    public int Rest;

    /// <summary>A further part of a key.</summary>
    [FieldOffset(4)]
    public PartBytes Part;

    [InlineArray(WholeKey)]
    public struct StartBytes
    {
        private byte _first;
    }

    [InlineArray(KeyPart)]
    public struct PartBytes
    {
        private byte _first;
    }
}
