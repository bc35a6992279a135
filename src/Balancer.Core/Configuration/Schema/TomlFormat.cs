using System.Globalization;
using System.Text;

namespace Balancer.Configuration.Schema;

/// <summary>Writes pieces of TOML.</summary>
internal static class TomlFormat
{
    /// <summary>A string in the quotes that need the fewest escapes.</summary>
    public static string Quote(string text)
    {
        if (!NeedsEscapes(text))
        {
            return $"\"{text}\"";
        }

        if (!text.Contains('\'', StringComparison.Ordinal) && !HasControls(text))
        {
            return $"'{text}'";
        }

        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsControl(c) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A key, in quotes where it needs them.</summary>
    public static string Key(string name)
    {
        foreach (var c in name)
        {
            if (!Toml.TomlCursor.IsBareKey(c))
            {
                return Quote(name);
            }
        }

        return name.Length == 0 ? "\"\"" : name;
    }

    private static bool NeedsEscapes(string text) => text.AsSpan().ContainsAny('"', '\\') || HasControls(text);

    private static bool HasControls(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c))
            {
                return true;
            }
        }

        return false;
    }
}
