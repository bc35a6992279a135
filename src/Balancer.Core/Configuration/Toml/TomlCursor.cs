namespace Balancer.Configuration.Toml;

/// <summary>The reading position that the parsers of one document share, and the list of faults.</summary>
internal sealed class TomlCursor(TomlText source)
{
    /// <summary>Faults reported for one file; the rest would be noise.</summary>
    public const int MaxErrors = 100;

    /// <summary>Greatest nesting of arrays and inline tables, and greatest number of parts of a key.</summary>
    public const int MaxDepth = 100;

    private const char End = '\0';
    private const int ShownLength = 40;

    private readonly string _text = source.Text;
    private readonly List<TomlError> _errors = [];

    /// <summary>The document.</summary>
    public TomlText Source { get; } = source;

    /// <summary>Index of the next character.</summary>
    public int Index { get; set; } = source.Start;

    /// <summary>Whether all has been read.</summary>
    public bool AtEnd => Index >= _text.Length;

    /// <summary>Whether the line ends here (or the text).</summary>
    public bool AtLineEnd => AtEnd || Current == '\n' || (Current == '\r' && Peek(1) == '\n');

    /// <summary>The next character; NUL at the end, where <see cref="AtEnd"/> tells it from one in the text.</summary>
    public char Current => Peek(0);

    /// <summary>Place of the next character.</summary>
    public TomlPosition Position => Source.PositionAt(Index);

    /// <summary>The faults so far.</summary>
    public IReadOnlyList<TomlError> Errors => _errors;

    /// <summary>Whether reading should stop because there are too many faults.</summary>
    public bool GaveUp => _errors.Count >= MaxErrors;

    /// <summary>A character further on; NUL beyond the end.</summary>
    public char Peek(int offset) => Index + offset < _text.Length ? _text[Index + offset] : End;

    /// <summary>The text from an index up to the next character.</summary>
    public ReadOnlySpan<char> From(int start) => _text.AsSpan(start, Index - start);

    /// <summary>The text not read yet.</summary>
    public ReadOnlySpan<char> Rest => _text.AsSpan(Index);

    /// <summary>Passes over spaces and tabs.</summary>
    public void SkipBlanks()
    {
        while (Index < _text.Length && _text[Index] is ' ' or '\t')
        {
            Index++;
        }
    }

    /// <summary>Passes over a comment, if there is one, up to the end of its line.</summary>
    /// <returns>False when the comment holds a character that is not allowed.</returns>
    public bool TrySkipComment()
    {
        if (Current != '#')
        {
            return true;
        }

        while (!AtLineEnd)
        {
            if (IsForbiddenControl(Current))
            {
                return Fail(Index, $"a comment cannot hold {Found(Index)}");
            }

            Index++;
        }

        return true;
    }

    /// <summary>Passes over one line end.</summary>
    public void SkipLineEnd() => Index = Math.Min(_text.Length, Index + (Current == '\r' ? 2 : 1));

    /// <summary>Reports a fault.</summary>
    /// <returns>False, so that a caller can return it.</returns>
    public bool Fail(int index, string message) => Fail(Source.PositionAt(index), message);

    /// <summary>Reports a fault.</summary>
    /// <returns>False, so that a caller can return it.</returns>
    public bool Fail(TomlPosition position, string message)
    {
        if (!GaveUp)
        {
            _errors.Add(new TomlError(position, message));
        }

        return false;
    }

    /// <summary>Reports that something else was expected at the next character.</summary>
    /// <returns>False, so that a caller can return it.</returns>
    public bool FailExpected(string expected) => Fail(Index, $"found {Found(Index)}, expected {expected}");

    /// <summary>What stands at an index, in words for a message.</summary>
    public string Found(int index)
    {
        if (index >= _text.Length)
        {
            return "the end of the file";
        }

        var c = _text[index];
        if (c == '\n' || (c == '\r' && index + 1 < _text.Length && _text[index + 1] == '\n'))
        {
            return "the end of the line";
        }

        if (c == '\r')
        {
            return "a carriage return without a line feed";
        }

        if (IsForbiddenControl(c) || c == '\t')
        {
            return $"the control character U+{(int)c:X4}";
        }

        if (char.IsSurrogate(c))
        {
            return index + 1 < _text.Length && char.IsSurrogatePair(c, _text[index + 1]) ? $"'{_text.AsSpan(index, 2)}'" : $"U+{(int)c:X4}";
        }

        if (!IsWord(c))
        {
            return char.IsAsciiLetterOrDigit(c) || char.IsPunctuation(c) || char.IsSymbol(c) || char.IsLetter(c) ? $"'{c}'" : $"the character U+{(int)c:X4}";
        }

        var end = index;
        while (end < _text.Length && end - index < ShownLength && IsWord(_text[end]))
        {
            end++;
        }

        return end - index == ShownLength ? $"'{_text.AsSpan(index, end - index)}…'" : $"'{_text.AsSpan(index, end - index)}'";
    }

    /// <summary>Whether TOML forbids the character everywhere but as a line end.</summary>
    public static bool IsForbiddenControl(char c) => c is < ' ' and not '\t' or '\x7f';

    /// <summary>Whether the character may stand in a key without quotes.</summary>
    public static bool IsBareKey(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    /// <summary>Whether the character may stand in a number, a date or a word that is none.</summary>
    public static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '+' or '.' or ':';
}
