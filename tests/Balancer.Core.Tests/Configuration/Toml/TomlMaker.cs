using System.Globalization;
using System.Text;

namespace Balancer.Configuration.Toml;

/// <summary>Writes random documents in all the ways TOML has, together with what they mean.</summary>
/// <param name="random">Decides.</param>
internal sealed class TomlMaker(Random random)
{
    private static readonly string[] Characters = ["a", "B", "7", " ", "'", "\"", "\\", "\n", "\t", "\u0001", "\u00e9", "\ud83d\ude00", "#", "=", "]"];

    private int _names;

    /// <summary>A document, and what <see cref="Show"/> must give for it.</summary>
    public string Document(out string expected)
    {
        var text = new StringBuilder();
        var meaning = new List<string> { Pairs(text) };
        for (var tables = random.Next(4); tables > 0; tables--)
        {
            meaning.Add(random.Next(3) == 0 ? ArrayOfTables(text) : Table(text));
        }

        expected = $"{{{string.Concat(meaning)}}}";
        return random.Next(2) == 0 ? text.ToString() : text.ToString().Replace("\n", "\r\n", StringComparison.Ordinal);
    }

    /// <summary>The meaning of a value in one line, keys in the order of the file.</summary>
    public static string Show(TomlValue value) => value switch
    {
        TomlTable table => $"{{{string.Concat(table.Entries.Select(entry => $"{entry.Key.Name}:{Show(entry.Value)};"))}}}",
        TomlArray array => $"[{string.Concat(array.Items.Select(item => Show(item) + ","))}]",
        TomlString text => Show(text.Value),
        TomlInteger number => number.Value.ToString(CultureInfo.InvariantCulture),
        TomlFloat number => Show(number.Value),
        TomlBoolean truth => truth.Value ? "true" : "false",
        TomlLocalTime time => time.Value.ToString("O", CultureInfo.InvariantCulture),
        _ => value.Kind.ToString(),
    };

    private static string Show(string text) => $"'{Convert.ToHexString(Encoding.UTF8.GetBytes(text))}'";

    private static string Show(double number) => "f" + number.ToString("R", CultureInfo.InvariantCulture);

    private string Pairs(StringBuilder text)
    {
        var meaning = "";
        for (var count = random.Next(4); count > 0; count--)
        {
            meaning += Key(text) + ":";
            text.Append(Blank()).Append('=').Append(Blank());
            meaning += Value(text, 0) + ";";
            text.Append(Blank()).Append(random.Next(4) == 0 ? "# \u00e9 = [\n" : "\n").Append(random.Next(4) == 0 ? " \t\n" : "");
        }

        return meaning;
    }

    private string Table(StringBuilder text)
    {
        text.Append(Blank()).Append('[').Append(Blank());
        var name = Key(text);
        text.Append(Blank()).Append(']').Append(Blank()).Append('\n');
        return $"{name}:{{{Pairs(text)}}};";
    }

    private string ArrayOfTables(StringBuilder text)
    {
        var name = $"k{_names++}";
        var items = "";
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            text.Append(CultureInfo.InvariantCulture, $"[[{Blank()}{name}{Blank()}]]\n");
            items += $"{{{Pairs(text)}}},";
        }

        return $"{name}:[{items}];";
    }

    private string Key(StringBuilder text)
    {
        var name = $"k{_names++}";
        switch (random.Next(4))
        {
            case 0:
                text.Append(CultureInfo.InvariantCulture, $"\"{name} \\u00e9\"");
                return $"{name} \u00e9";
            case 1:
                text.Append(CultureInfo.InvariantCulture, $"'{name}.\"='");
                return $"{name}.\"=";
            default:
                text.Append(name);
                return name;
        }
    }

    private string Value(StringBuilder text, int depth)
    {
        switch (random.Next(depth > 3 ? 5 : 7))
        {
            case 0:
                return Integer(text);
            case 1:
                return Float(text);
            case 2:
                var truth = random.Next(2) == 0 ? "true" : "false";
                text.Append(truth);
                return truth;
            case 3:
                var time = new TimeOnly(random.Next(24), random.Next(60), random.Next(60), random.Next(1000));
                text.Append(time.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture));
                return time.ToString("O", CultureInfo.InvariantCulture);
            case 4:
                return String(text);
            case 5:
                return Array(text, depth);
            default:
                return InlineTable(text, depth);
        }
    }

    private string Integer(StringBuilder text)
    {
        var value = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
        var magnitude = value & long.MaxValue;
        switch (random.Next(5))
        {
            case 0:
                text.Append(CultureInfo.InvariantCulture, $"0x{magnitude:x}");
                return $"{magnitude}";
            case 1:
                text.Append(CultureInfo.InvariantCulture, $"0b{magnitude:b}");
                return $"{magnitude}";
            case 2:
                text.Append("0o").Append(Convert.ToString(magnitude, 8));
                return $"{magnitude}";
            case 3:
                text.Append(value >= 0 ? "+" : "").Append(value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '_'));
                return $"{value}";
            default:
                text.Append(value);
                return $"{value}";
        }
    }

    private string Float(StringBuilder text)
    {
        var value = random.Next(8) switch
        {
            0 => double.PositiveInfinity,
            1 => double.NegativeInfinity,
            _ => Math.ScaleB(random.NextDouble() - 0.5, random.Next(-300, 300)),
        };
        var written = double.IsInfinity(value) ? (value > 0 ? "inf" : "-inf") : value.ToString("E16", CultureInfo.InvariantCulture);
        text.Append(random.Next(2) == 0 ? written : written.Replace("E", "e", StringComparison.Ordinal));
        return Show(double.IsInfinity(value) ? value : double.Parse(written, CultureInfo.InvariantCulture));
    }

    private string String(StringBuilder text)
    {
        var value = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Characters[random.Next(Characters.Length)]));
        switch (random.Next(3))
        {
            case 0 when !value.AsSpan().ContainsAny("'\n\u0001"):
                text.Append('\'').Append(value).Append('\'');
                break;
            case 1 when !value.Contains('\u0001', StringComparison.Ordinal):
                // The first line break belongs to the quotes; a carriage return of the whole file is seen here too, so it is escaped.
                text.Append("\"\"\"\n").Append(Escape(value).Replace("\\n ", "\\n\\u0020", StringComparison.Ordinal).Replace("\\n", "\\n\\\n   ", StringComparison.Ordinal)).Append("\"\"\"");
                break;
            default:
                text.Append('"').Append(Escape(value)).Append('"');
                break;
        }

        return Show(value);
    }

    private static string Escape(string value)
    {
        var text = new StringBuilder();
        foreach (var character in value)
        {
            text.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\t' => "\\t",
                '\u0001' => "\\u0001",
                '\u00e9' => "\\U000000E9",
                _ => $"{character}",
            });
        }

        return text.ToString();
    }

    private string Array(StringBuilder text, int depth)
    {
        text.Append('[');
        var items = "";
        for (var count = random.Next(4); count > 0; count--)
        {
            text.Append(random.Next(3) == 0 ? "\n # x\n" : Blank());
            items += Value(text, depth + 1) + ",";
            text.Append(Blank());
            if (count > 1 || random.Next(2) == 0)
            {
                text.Append(',');
            }
        }

        text.Append(random.Next(3) == 0 ? "\n" : "").Append(']');
        return $"[{items}]";
    }

    private string InlineTable(StringBuilder text, int depth)
    {
        text.Append('{').Append(Blank());
        var pairs = "";
        for (var count = random.Next(3); count > 0; count--)
        {
            pairs += Key(text) + ":";
            text.Append(Blank()).Append('=').Append(Blank());
            pairs += Value(text, depth + 1) + ";";
            text.Append(Blank()).Append(count > 1 ? ", " : "");
        }

        text.Append('}');
        return $"{{{pairs}}}";
    }

    private string Blank() => random.Next(3) switch
    {
        0 => " ",
        1 => "\t ",
        _ => "",
    };
}
