using System.Buffers.Binary;

namespace Balancer.Failover;

/// <summary>The checksum of the Internet protocols (RFC 1071): the complement of the sum of all 16-bit words in one's complement.</summary>
internal static class InternetChecksum
{
    /// <summary>Adds bytes to a sum; an odd one at the end counts as the first of a word.</summary>
    public static uint Add(uint sum, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 2; bytes = bytes[2..])
        {
            sum = Fold(sum + BinaryPrimitives.ReadUInt16BigEndian(bytes));
        }

        return bytes.IsEmpty ? sum : Fold(sum + ((uint)bytes[0] << 8));
    }

    /// <summary>Adds a number of 32 bits.</summary>
    public static uint Add(uint sum, uint value) => Fold(Fold(sum + (value >> 16)) + (value & 0xFFFF));

    /// <summary>The checksum of what was added: 0 when that included a right one.</summary>
    public static ushort Finish(uint sum) => (ushort)~Fold(sum);

    private static uint Fold(uint sum) => (sum & 0xFFFF) + (sum >> 16);
}
