using System.Collections;
using System.Globalization;
using System.Text;
using Balancer.Infrastructure;

namespace Balancer.Observability.Logging;

/// <summary>Writes <c>key=value</c> pairs on one line. Whatever a value holds, it can neither end its field nor begin a new line.</summary>
internal static class LogfmtWriter
{
    /// <summary>Appends <c> key=value</c>; the key is turned into snake case, the value quoted if need be.</summary>
    public static void Append(string key, object? value, ByteBuffer output)
    {
        output.Append((byte)' ');
        AppendKey(key, output);
        output.Append((byte)'=');
        AppendValue(Text(value), output);
    }

    /// <summary>A name such as <c>UpstreamEjected</c> as events are written: <c>upstream-ejected</c>.</summary>
    public static string ToKebabCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (char.IsAsciiLetterUpper(c) && i > 0 && char.IsAsciiLetterOrDigit(name[i - 1]) && !char.IsAsciiLetterUpper(name[i - 1]))
            {
                text.Append('-');
            }

            text.Append(char.IsAsciiLetterOrDigit(c) || c == '-' ? char.ToLowerInvariant(c) : '-');
        }

        return text.ToString();
    }

    private static void AppendKey(string key, ByteBuffer output)
    {
        for (var i = 0; i < key.Length; i++)
        {
            var c = key[i];
            if (char.IsAsciiLetterUpper(c) && i > 0 && !char.IsAsciiLetterUpper(key[i - 1]))
            {
                output.Append((byte)'_');
            }

            output.Append(char.IsAsciiLetterOrDigit(c) ? (byte)char.ToLowerInvariant(c) : (byte)'_');
        }
    }

    private static void AppendValue(string value, ByteBuffer output)
    {
        if (value.Length > 0 && !value.AsSpan().ContainsAnyExceptInRange('!', '~') && !value.AsSpan().ContainsAny('"', '=', '\\'))
        {
            Encode(value, output);
            return;
        }

        output.Append((byte)'"');
        foreach (var rune in value.EnumerateRunes())
        {
            AppendRune(rune, output);
        }

        output.Append((byte)'"');
    }

    private static void AppendRune(Rune rune, ByteBuffer output)
    {
        switch (rune.Value)
        {
            case '"':
                output.Append("\\\""u8);
                break;
            case '\\':
                output.Append("\\\\"u8);
                break;
            case '\n':
                output.Append("\\n"u8);
                break;
            case '\r':
                output.Append("\\r"u8);
                break;
            case '\t':
                output.Append("\\t"u8);
                break;
            default:
                // Control and format characters could move the cursor or turn the text around on a terminal.
                if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                {
                    Encode($"\\u{rune.Value:x4}", output);
                }
                else
                {
                    output.Advance(rune.EncodeToUtf8(output.GetSpan(4)));
                }

                break;
        }
    }

    private static void Encode(string text, ByteBuffer output) => Encoding.UTF8.GetBytes(text, output);

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        bool flag => flag ? "true" : "false",
        Enum name => SnakeCase.Of(name.ToString()),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable items => string.Join(",", items.Cast<object?>().Select(Text)),
        _ => value.ToString() ?? "",
    };
}
