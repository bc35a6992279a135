using System.Globalization;
using System.Text;

namespace Balancer.Configuration.Values;

/// <summary>nginx's times: <c>500ms</c>, <c>30s</c>, <c>1m30s</c>, <c>1h 30m</c>, <c>1d</c>, <c>1w</c>, <c>1M</c> (30 days), <c>1y</c> (365 days), or a number of seconds.</summary>
internal static class Duration
{
    /// <summary>The longest time that can be written: 100 years.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(36500);

    private static readonly (string Name, long Milliseconds)[] Units =
    [
        ("y", 365L * 86_400_000), ("M", 30L * 86_400_000), ("w", 7L * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ];

    /// <summary>Reads a time. Units go from large to small, each once; a number without a unit is seconds and ends the text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan value)
    {
        value = default;
        long total = 0;
        var nextUnit = 0;
        if (text.IsEmpty)
        {
            return false;
        }

        while (!text.IsEmpty)
        {
            var digits = CountDigits(text);
            if (digits is 0 or > 15 || nextUnit == Units.Length)
            {
                return false;
            }

            var number = long.Parse(text[..digits], CultureInfo.InvariantCulture);
            text = text[digits..];
            var letters = 0;
            while (letters < text.Length && char.IsAsciiLetter(text[letters]))
            {
                letters++;
            }

            var unit = letters == 0 && text.IsEmpty ? IndexOf("s") : IndexOf(text[..letters]);
            if (unit < nextUnit || number > (long)Longest.TotalMilliseconds / Units[unit].Milliseconds)
            {
                return false;
            }

            total += number * Units[unit].Milliseconds;
            nextUnit = unit + 1;
            text = text[letters..];
            if (text.Length > 1 && text[0] == ' ')
            {
                text = text[1..];
            }
        }

        value = TimeSpan.FromMilliseconds(total);
        return value <= Longest;
    }

    /// <summary>The shortest text that reads back as the same time, such as <c>1h30m</c>; zero is <c>0</c>.</summary>
    public static string Format(TimeSpan value)
    {
        var left = (long)value.TotalMilliseconds;
        if (left == 0)
        {
            return "0";
        }

        var text = new StringBuilder();
        foreach (var (name, milliseconds) in Units.AsSpan(IndexOf("d")))
        {
            if (left >= milliseconds)
            {
                text.Append(CultureInfo.InvariantCulture, $"{left / milliseconds}{name}");
                left %= milliseconds;
            }
        }

        return text.ToString();
    }

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }

    private static int IndexOf(ReadOnlySpan<char> unit)
    {
        for (var i = 0; i < Units.Length; i++)
        {
            if (unit.SequenceEqual(Units[i].Name))
            {
                return i;
            }
        }

        return -1;
    }
}
