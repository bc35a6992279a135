using System.Globalization;
using System.Text.Json;

namespace Balancer.Configuration.Toml;

/// <summary>Compares a tree with the tagged JSON of the toml-test suite.</summary>
internal static class TomlTestComparison
{
    /// <summary>The first difference, or null when there is none.</summary>
    public static string? Difference(TomlValue actual, JsonElement expected, string path = "")
    {
        if (expected.ValueKind == JsonValueKind.Array)
        {
            if (actual is not TomlArray array || array.Items.Count != expected.GetArrayLength())
            {
                return $"{path}: expected an array of {expected.GetArrayLength()}, got {actual.Kind}";
            }

            return array.Items.Select((item, i) => Difference(item, expected[i], $"{path}[{i}]")).FirstOrDefault(d => d is not null);
        }

        if (expected.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && expected.TryGetProperty("value", out var value))
        {
            return Matches(actual, type.GetString()!, value.GetString()!) ? null : $"{path}: expected {type} {value}, got {actual.Kind}";
        }

        if (actual is not TomlTable table || table.Entries.Count != expected.EnumerateObject().Count())
        {
            return $"{path}: expected a table of {expected.EnumerateObject().Count()}, got {actual.Kind}";
        }

        foreach (var property in expected.EnumerateObject())
        {
            if (!table.TryGetValue(property.Name, out var inner))
            {
                return $"{path}.{property.Name}: missing";
            }

            if (Difference(inner, property.Value, $"{path}.{property.Name}") is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private static bool Matches(TomlValue actual, string type, string value) => (actual, type) switch
    {
        (TomlString s, "string") => s.Value == value,
        (TomlInteger i, "integer") => i.Value == long.Parse(value, CultureInfo.InvariantCulture),
        (TomlBoolean b, "bool") => b.Value == (value == "true"),
        (TomlFloat f, "float") => f.Value.Equals(value switch
        {
            "inf" or "+inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" or "+nan" or "-nan" => double.NaN,
            _ => double.Parse(value, CultureInfo.InvariantCulture),
        }),
        (TomlOffsetDateTime d, "datetime") => Iso(d.Local) + (d.Offset == TimeSpan.Zero ? "Z" : (d.Offset < TimeSpan.Zero ? "-" : "+") + d.Offset.ToString(@"hh\:mm", CultureInfo.InvariantCulture)) == WithoutTrailingZeros(value),
        (TomlLocalDateTime d, "datetime-local") => Iso(d.Value) == WithoutTrailingZeros(value),
        (TomlLocalDate d, "date-local") => d.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) == value,
        (TomlLocalTime t, "time-local") => t.Value.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) == WithoutTrailingZeros(value),
        _ => false,
    };

    private static string Iso(DateTime value) => value.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);

    private static string WithoutTrailingZeros(string value)
    {
        var dot = value.IndexOf('.');
        if (dot < 0)
        {
            return value;
        }

        var end = dot + 1;
        while (end < value.Length && char.IsAsciiDigit(value[end]))
        {
            end++;
        }

        return value[..end].TrimEnd('0').TrimEnd('.') + value[end..];
    }
}
