namespace Balancer.Configuration.Toml;

/// <summary>Values: strings, scalars, arrays and inline tables.</summary>
internal sealed class TomlValueParser(TomlCursor cursor, TomlKeyParser keys, TomlStringParser strings)
{
    private int _depth;

    /// <summary>Reads the value at the cursor.</summary>
    /// <returns>Null when it has a fault, which has been reported; the cursor stands where it was found.</returns>
    public TomlValue? Read() => cursor.Current switch
    {
        '"' or '\'' => strings.Read(allowMultiline: true),
        '[' => ReadNested(),
        '{' => ReadNested(),
        _ => ReadScalar(),
    };

    private TomlValue? ReadNested()
    {
        if (_depth == TomlCursor.MaxDepth)
        {
            cursor.Fail(cursor.Index, $"arrays and tables are nested more than {TomlCursor.MaxDepth} deep");
            return null;
        }

        _depth++;
        TomlValue? value = cursor.Current == '[' ? ReadArray() : ReadInlineTable();
        _depth--;
        return value;
    }

    private TomlArray? ReadArray()
    {
        var position = cursor.Position;
        var array = new TomlArray(position, ofTables: false);
        cursor.Index++;
        while (true)
        {
            if (!TrySkipToNextInArray())
            {
                return null;
            }

            if (cursor.Current == ']')
            {
                break;
            }

            if (cursor.AtEnd)
            {
                cursor.FailExpected($"']' to close the array opened at {position}");
                return null;
            }

            if (Read() is not { } item)
            {
                return null;
            }

            array.Add(item);
            if (!TrySkipToNextInArray())
            {
                return null;
            }

            if (cursor.Current == ',')
            {
                cursor.Index++;
            }
            else if (cursor.Current != ']')
            {
                cursor.FailExpected($"',' or ']' in the array opened at {position}");
                return null;
            }
        }

        cursor.Index++;
        return array;
    }

    private bool TrySkipToNextInArray()
    {
        while (true)
        {
            cursor.SkipBlanks();
            if (!cursor.TrySkipComment())
            {
                return false;
            }

            if (cursor.AtEnd || !cursor.AtLineEnd)
            {
                return true;
            }

            cursor.SkipLineEnd();
        }
    }

    private TomlTable? ReadInlineTable()
    {
        var table = new TomlTable(cursor.Position, TomlTableOrigin.Inline);
        cursor.Index++;
        cursor.SkipBlanks();
        if (cursor.Current == '}')
        {
            cursor.Index++;
            return table;
        }

        while (true)
        {
            cursor.SkipBlanks();
            if (cursor.AtLineEnd)
            {
                cursor.FailExpected("a key: an inline table stands on one line");
                return null;
            }

            if (!TryReadPair(table))
            {
                return null;
            }

            cursor.SkipBlanks();
            var c = cursor.Current;
            if (c == '}')
            {
                cursor.Index++;
                Close(table);
                return table;
            }

            if (c != ',')
            {
                cursor.FailExpected(cursor.AtLineEnd ? "'}': an inline table stands on one line" : "',' or '}' in the inline table");
                return null;
            }

            cursor.Index++;
        }
    }

    /// <summary>Reads <c>key = value</c> into a table.</summary>
    public bool TryReadPair(TomlTable table)
    {
        if (keys.Read() is not { } key)
        {
            return false;
        }

        cursor.SkipBlanks();
        if (cursor.Current != '=')
        {
            return cursor.FailExpected(key.Count == 1 ? $"'=' after the key '{key[0].Name}'" : "'=' after the key");
        }

        cursor.Index++;
        cursor.SkipBlanks();
        if (cursor.AtLineEnd || cursor.Current == '#')
        {
            return cursor.FailExpected("a value after '='");
        }

        // The list is the key parser's own and is used again for the keys within the value.
        var parts = key.ToArray();
        return Read() is { } value && TomlTableBuilder.TryAdd(cursor, table, parts, value);
    }

    /// <summary>Tables that dotted keys made within an inline table are closed with it.</summary>
    private static void Close(TomlTable table)
    {
        foreach (var entry in table.Entries)
        {
            if (entry.Value is TomlTable { Origin: TomlTableOrigin.Dotted } inner)
            {
                inner.Origin = TomlTableOrigin.Inline;
                Close(inner);
            }
        }
    }

    private TomlValue? ReadScalar()
    {
        var start = cursor.Index;
        SkipWord();
        if (cursor.Index == start)
        {
            cursor.FailExpected(cursor.Current is '\u201C' or '\u201D' or '\u201E' or '\u2018' or '\u2019' ? "a straight quote, \" or '" : "a value");
            return null;
        }

        if (TomlDateTimeParser.IsDateAlone(cursor.From(start)) && cursor.Current == ' ' && char.IsAsciiDigit(cursor.Peek(1)))
        {
            cursor.Index++;
            SkipWord();
        }

        if (TomlScalarParser.TryRead(cursor.From(start), cursor.Source.PositionAt(start), out var value, out var error))
        {
            return value;
        }

        cursor.Fail(start, error);
        return null;
    }

    private void SkipWord()
    {
        while (!cursor.AtEnd && TomlCursor.IsWord(cursor.Current))
        {
            cursor.Index++;
        }
    }
}
