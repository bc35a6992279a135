namespace Balancer.Configuration.Toml;

/// <summary>The lines of a document: headers, pairs and comments, and the way on after a fault.</summary>
internal sealed class TomlDocumentParser
{
    private readonly TomlCursor _cursor;
    private readonly TomlKeyParser _keys;
    private readonly TomlValueParser _values;
    private readonly TomlTable _root;
    private TomlTable _section;

    public TomlDocumentParser(TomlCursor cursor)
    {
        var strings = new TomlStringParser(cursor);
        _cursor = cursor;
        _keys = new TomlKeyParser(cursor, strings);
        _values = new TomlValueParser(cursor, _keys, strings);
        _root = _section = new TomlTable(new TomlPosition(1, 1), TomlTableOrigin.Header);
    }

    /// <summary>Reads the whole document.</summary>
    public TomlTable Read()
    {
        while (!_cursor.AtEnd && !_cursor.GaveUp)
        {
            var start = _cursor.Index;
            if (!TryReadStatement())
            {
                Resume(start);
            }
        }

        return _root;
    }

    private bool TryReadStatement()
    {
        _cursor.SkipBlanks();
        if (!_cursor.AtLineEnd && _cursor.Current != '#' && !(_cursor.Current == '[' ? TryReadHeader() : _values.TryReadPair(_section)))
        {
            return false;
        }

        _cursor.SkipBlanks();
        if (!_cursor.TrySkipComment())
        {
            return false;
        }

        if (!_cursor.AtLineEnd)
        {
            return _cursor.FailExpected("the end of the line");
        }

        _cursor.SkipLineEnd();
        return true;
    }

    private bool TryReadHeader()
    {
        var position = _cursor.Position;
        _cursor.Index++;
        var isArray = _cursor.Current == '[';
        if (isArray)
        {
            _cursor.Index++;
        }

        // What follows a broken header belongs to it, not to the table before.
        _section = new TomlTable(position, TomlTableOrigin.Header);
        _cursor.SkipBlanks();
        if (_keys.Read() is not { } key)
        {
            return false;
        }

        _cursor.SkipBlanks();
        var close = isArray ? "]]" : "]";
        if (!_cursor.Rest.StartsWith(close))
        {
            return _cursor.FailExpected($"'{close}' after the name of the table");
        }

        var header = key.ToArray();
        _cursor.Index += close.Length;
        var section = isArray ? TomlTableBuilder.AppendTable(_cursor, _root, header, position) : TomlTableBuilder.OpenTable(_cursor, _root, header, position);
        if (section is not null)
        {
            _section = section;
        }

        return true;
    }

    /// <summary>
    /// Goes on after a fault: at the next line, or, when the fault was found lines below the start of its statement (in an array or a string of several lines),
    /// at the first line from there that looks like a statement.
    /// </summary>
    private void Resume(int start)
    {
        if (_cursor.AtEnd)
        {
            return;
        }

        var line = _cursor.Source.LineStart(_cursor.Index);
        var nested = line > start;
        if (!nested)
        {
            line = _cursor.Source.NextLineStart(_cursor.Index);
            nested = OpensMultiline(_cursor.Source.Text.AsSpan(start, line - start));
        }

        while (nested && line < _cursor.Source.Text.Length && !LooksLikeStatement(line))
        {
            nested = !ClosesArray(line);
            line = _cursor.Source.NextLineStart(line);
        }

        _cursor.Index = line;
    }

    /// <summary>Whether a line with a fault leaves a bracket open.</summary>
    private static bool OpensMultiline(ReadOnlySpan<char> line) => line.Count('[') > line.Count(']') || line.Count('{') > line.Count('}');

    private bool ClosesArray(int index) => Line(index) is "]";

    private ReadOnlySpan<char> Line(int index) => _cursor.Source.Text.AsSpan(index, _cursor.Source.NextLineStart(index) - index).Trim();

    private bool LooksLikeStatement(int index)
    {
        var line = Line(index);
        if (line.IsEmpty)
        {
            return false;
        }

        if (line[0] == '[')
        {
            var close = line.IndexOf(']');
            return close > 0 && line[1..close].TrimStart('[').IndexOfAny(",\"'{") < 0;
        }

        var equals = line.IndexOf('=');
        if (equals <= 0)
        {
            return false;
        }

        foreach (var c in line[..equals].TrimEnd())
        {
            if (!TomlCursor.IsBareKey(c) && c != '.')
            {
                return false;
            }
        }

        return true;
    }
}
