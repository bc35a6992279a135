using System.Globalization;

namespace Balancer.Configuration.Values;

/// <summary>nginx's sizes: <c>8k</c>, <c>10m</c>, <c>1g</c>, or a number of bytes. A kilobyte is 1024 bytes.</summary>
internal static class ByteSize
{
    /// <summary>Reads a size of at most <see cref="long.MaxValue"/> bytes.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        if (text.IsEmpty)
        {
            return false;
        }

        var shift = text[^1] switch { 'k' or 'K' => 10, 'm' or 'M' => 20, 'g' or 'G' => 30, _ => 0 };
        var digits = shift == 0 ? text : text[..^1];
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue >> shift)
        {
            return false;
        }

        bytes = number << shift;
        return true;
    }

    /// <summary>The shortest text that reads back as the same size.</summary>
    public static string Format(long bytes)
    {
        var (shift, unit) = bytes switch
        {
            0 => (0, ""),
            _ when (bytes & ((1 << 30) - 1)) == 0 => (30, "g"),
            _ when (bytes & ((1 << 20) - 1)) == 0 => (20, "m"),
            _ when (bytes & ((1 << 10) - 1)) == 0 => (10, "k"),
            _ => (0, ""),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{bytes >> shift}{unit}");
    }
}
