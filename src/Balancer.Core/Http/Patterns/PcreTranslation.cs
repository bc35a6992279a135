using System.Globalization;
using System.Text;

namespace Balancer.Http.Patterns;

/// <summary>
/// Rewrites a PCRE pattern for .NET's engine, which numbers named groups behind all others: here named groups become plain ones and
/// their names are noted, so that <c>$1</c> is the group that opens first, as in nginx. <c>(?&lt;n&gt;</c>, <c>(?'n'</c>, <c>(?P&lt;n&gt;</c>
/// and <c>\k&lt;n&gt;</c> are known.
/// </summary>
internal sealed class PcreTranslation
{
    private readonly string _source;
    private readonly StringBuilder _text = new();
    private readonly List<string?> _names = [null];

    private PcreTranslation(string source)
    {
        _source = source;
        for (var i = 0; i < source.Length;)
        {
            i += source[i] switch
            {
                '\\' => CopyEscape(i),
                '[' => CopyClass(i),
                '(' => CopyOpening(i),
                _ => Copy(i, 1),
            };
        }
    }

    /// <summary>The pattern for .NET.</summary>
    public string Text => _text.ToString();

    /// <summary>Names of the groups by number, the whole match at 0; null where one has none.</summary>
    public IReadOnlyList<string?> Names => _names;

    /// <summary>Why the pattern is refused, if it is.</summary>
    public string? Error { get; private set; }

    /// <summary>Translates a pattern; what cannot be understood is left for the engine to refuse.</summary>
    public static PcreTranslation Of(string pattern) => new(pattern);

    private int Copy(int start, int length)
    {
        length = Math.Min(length, _source.Length - start);
        _text.Append(_source, start, length);
        return length;
    }

    private int CopyEscape(int start)
    {
        if (TryReadName(start, "\\k<", '>', out var name, out var length) || TryReadName(start, "\\k'", '\'', out name, out length))
        {
            return Reference(name, start, length);
        }

        return Copy(start, 2);
    }

    private int CopyClass(int start)
    {
        // A closing bracket right behind the opening one, or behind its caret, is a member.
        var end = start + 1;
        if (end < _source.Length && _source[end] == '^')
        {
            end++;
        }

        for (end++; end < _source.Length && _source[end] != ']'; end++)
        {
            if (_source[end] == '\\')
            {
                end++;
            }
        }

        return Copy(start, end + 1 - start);
    }

    private int CopyOpening(int start)
    {
        if (string.CompareOrdinal(_source, start, "(?#", 0, 3) == 0)
        {
            var end = _source.IndexOf(')', start);
            return Copy(start, (end < 0 ? _source.Length : end + 1) - start);
        }

        if (TryReadName(start, "(?<", '>', out var name, out var length)
            || TryReadName(start, "(?'", '\'', out name, out length)
            || TryReadName(start, "(?P<", '>', out name, out length))
        {
            if (_names.Contains(name))
            {
                Error = $"two groups are named '{name}'";
            }

            _names.Add(name);
            _text.Append('(');
            return length;
        }

        if (start + 1 >= _source.Length || _source[start + 1] is not ('?' or '*'))
        {
            _names.Add(null);
        }

        return Copy(start, 1);
    }

    private int Reference(string name, int start, int length)
    {
        var number = _names.IndexOf(name);
        if (number <= 0)
        {
            return Copy(start, length);
        }

        _text.Append(CultureInfo.InvariantCulture, $"\\k<{number}>");
        return length;
    }

    // A name is a word, so that look-behind, which also starts with (?<, is none.
    private bool TryReadName(int start, string opening, char closing, out string name, out int length)
    {
        name = "";
        length = 0;
        if (string.CompareOrdinal(_source, start, opening, 0, opening.Length) != 0)
        {
            return false;
        }

        var from = start + opening.Length;
        var end = from;
        while (end < _source.Length && (char.IsAsciiLetterOrDigit(_source[end]) || _source[end] == '_'))
        {
            end++;
        }

        if (end == from || char.IsAsciiDigit(_source[from]) || end == _source.Length || _source[end] != closing)
        {
            return false;
        }

        name = _source[from..end];
        length = end + 1 - start;
        return true;
    }
}
