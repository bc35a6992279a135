using System.Buffers.Binary;

namespace Balancer.Infrastructure;

/// <summary>MurmurHash2, 32 bits, seed 0, as nginx has it (<c>ngx_murmur_hash2</c>).</summary>
internal static class Murmur2
{
    private const uint Factor = 0x5bd1e995;

    /// <summary>The hash of bytes.</summary>
    public static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = (uint)bytes.Length;
        while (bytes.Length >= 4)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(bytes) * Factor;
            word = (word ^ (word >> 24)) * Factor;
            hash = (hash * Factor) ^ word;
            bytes = bytes[4..];
        }

        if (bytes.Length > 0)
        {
            for (var i = 0; i < bytes.Length; i++)
            {
                hash ^= (uint)bytes[i] << (8 * i);
            }

            hash *= Factor;
        }

        hash = (hash ^ (hash >> 13)) * Factor;
        return hash ^ (hash >> 15);
    }
}
