using System.Buffers;
using System.Globalization;
using System.Text;

namespace Balancer.Configuration.Toml;

/// <summary>The four kinds of strings.</summary>
internal sealed class TomlStringParser(TomlCursor cursor)
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private readonly StringBuilder _resolved = new();
    private readonly List<TomlStringBreak> _breaks = [];

    /// <summary>Reads the string at the cursor, which stands on its quote.</summary>
    /// <param name="allowMultiline">False for a key.</param>
    public TomlString? Read(bool allowMultiline)
    {
        var quote = cursor.Current;
        if (cursor.Peek(1) != quote || cursor.Peek(2) != quote)
        {
            return ReadSingleLine(quote);
        }

        if (allowMultiline)
        {
            return ReadMultiline(quote);
        }

        cursor.Fail(cursor.Index, "a key cannot be a string of several lines");
        return null;
    }

    private TomlString? ReadSingleLine(char quote)
    {
        var open = cursor.Index++;
        var position = cursor.Source.PositionAt(open);
        var content = position with { Column = position.Column + 1 };
        var start = cursor.Index;
        Begin();
        while (true)
        {
            if (cursor.AtLineEnd)
            {
                cursor.Fail(open, $"the string is not closed: found {cursor.Found(cursor.Index)}, expected {quote}");
                return null;
            }

            var c = cursor.Current;
            if (c == quote)
            {
                break;
            }

            if (c == '\\' && quote == '"')
            {
                _resolved.Append(cursor.From(start));
                if (!TryReadEscape())
                {
                    return null;
                }

                start = cursor.Index;
                AddBreak();
                continue;
            }

            if (!TryPass(c))
            {
                return null;
            }
        }

        var value = _resolved.Length == 0 ? cursor.From(start).ToString() : _resolved.Append(cursor.From(start)).ToString();
        cursor.Index++;
        return Finish(value, position, content);
    }

    private TomlString? ReadMultiline(char quote)
    {
        var open = cursor.Index;
        var position = cursor.Source.PositionAt(open);
        cursor.Index += 3;
        if (!cursor.AtEnd && cursor.AtLineEnd)
        {
            cursor.SkipLineEnd();
        }

        var content = cursor.Position;
        Begin();
        while (true)
        {
            if (cursor.AtEnd)
            {
                cursor.Fail(open, $"the string is not closed: found the end of the file, expected {quote}{quote}{quote}");
                return null;
            }

            var c = cursor.Current;
            if (c == quote && cursor.Peek(1) == quote && cursor.Peek(2) == quote)
            {
                // Up to two quotes may stand right before the closing three.
                for (var i = 0; i < 2 && cursor.Peek(3) == quote; i++)
                {
                    _resolved.Append(quote);
                    cursor.Index++;
                }

                cursor.Index += 3;
                return Finish(_resolved.ToString(), position, content);
            }

            if (cursor.AtLineEnd)
            {
                _resolved.Append('\n');
                cursor.SkipLineEnd();
                AddBreak();
            }
            else if (c == '\\' && quote == '"')
            {
                if (!TrySkipLineContinuation() && !TryReadEscape())
                {
                    return null;
                }

                AddBreak();
            }
            else if (TryPass(c))
            {
                _resolved.Append(c);
            }
            else
            {
                return null;
            }
        }
    }

    private bool TryPass(char c)
    {
        if (TomlCursor.IsForbiddenControl(c))
        {
            return cursor.Fail(cursor.Index, $"a string cannot hold {cursor.Found(cursor.Index)} as it is; write it as an escape in \"…\"");
        }

        cursor.Index++;
        return true;
    }

    /// <summary>Passes over a backslash at the end of a line and all blanks and line ends after it.</summary>
    private bool TrySkipLineContinuation()
    {
        var start = cursor.Index;
        cursor.Index++;
        cursor.SkipBlanks();
        if (cursor.AtEnd || !cursor.AtLineEnd)
        {
            cursor.Index = start;
            return false;
        }

        while (!cursor.AtEnd && cursor.AtLineEnd)
        {
            cursor.SkipLineEnd();
            cursor.SkipBlanks();
        }

        return true;
    }

    private bool TryReadEscape()
    {
        var start = cursor.Index;
        var c = cursor.Peek(1);
        var digits = c switch { 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            var hex = cursor.Rest.Length >= 2 + digits ? cursor.Rest.Slice(2, digits) : default;
            if (hex.IsEmpty || hex.ContainsAnyExcept(HexDigits) || !uint.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                return cursor.Fail(start, $"found \\{c} without {digits} hexadecimal digits, expected \\uXXXX or \\UXXXXXXXX");
            }

            if (!Rune.TryCreate(code, out var rune))
            {
                return cursor.Fail(start, $"\\{c}{hex} is no Unicode character");
            }

            _resolved.Append(rune.ToString());
            cursor.Index += 2 + digits;
            return true;
        }

        var resolved = c switch { 'b' => '\b', 't' => '\t', 'n' => '\n', 'f' => '\f', 'r' => '\r', '"' => '"', '\\' => '\\', _ => '\0' };
        if (resolved == '\0')
        {
            var found = cursor.Index + 1 < cursor.Source.Text.Length && c > ' ' ? $"\\{c}" : "a lone backslash";
            return cursor.Fail(start, $"found {found}, expected \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX or \\UXXXXXXXX; a string in '…' takes backslashes as they are");
        }

        _resolved.Append(resolved);
        cursor.Index += 2;
        return true;
    }

    private void Begin()
    {
        _resolved.Clear();
        _breaks.Clear();
    }

    private void AddBreak() => _breaks.Add(new TomlStringBreak(_resolved.Length, cursor.Position));

    private TomlString Finish(string value, TomlPosition position, TomlPosition content) => new(value, position, content, _breaks.Count == 0 ? null : [.. _breaks]);
}
