namespace Balancer.Infrastructure;

/// <summary>The CRC-32 of IEEE 802.3 (zlib, nginx), computed piece by piece.</summary>
internal static class Crc32
{
    /// <summary>What a computation starts with.</summary>
    public const uint Initial = 0xFFFFFFFF;

    private static readonly uint[] s_table = MakeTable();

    /// <summary>Takes bytes into a computation that has begun with <see cref="Initial"/>.</summary>
    public static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        var table = s_table;
        foreach (var value in bytes)
        {
            crc = table[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return crc;
    }

    /// <summary>The result of a computation.</summary>
    public static uint Finish(uint crc) => ~crc;

    /// <summary>The CRC-32 of some bytes.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => Finish(Update(Initial, bytes));

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
