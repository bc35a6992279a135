namespace Balancer.Configuration.Toml;

/// <summary>Bare, quoted and dotted keys.</summary>
internal sealed class TomlKeyParser(TomlCursor cursor, TomlStringParser strings)
{
    private readonly List<TomlKey> _parts = [];

    /// <summary>Reads the key at the cursor.</summary>
    /// <returns>Its parts, valid until the next call; null when it has a fault, which has been reported.</returns>
    public IReadOnlyList<TomlKey>? Read()
    {
        _parts.Clear();
        while (true)
        {
            if (!TryReadPart(out var part))
            {
                return null;
            }

            if (_parts.Count == TomlCursor.MaxDepth)
            {
                cursor.Fail(part.Position, $"the key has more than {TomlCursor.MaxDepth} parts");
                return null;
            }

            _parts.Add(part);
            var end = cursor.Index;
            cursor.SkipBlanks();
            if (cursor.Current != '.')
            {
                cursor.Index = end;
                return _parts;
            }

            cursor.Index++;
            cursor.SkipBlanks();
        }
    }

    private bool TryReadPart(out TomlKey part)
    {
        part = default;
        var start = cursor.Index;
        if (cursor.Current is '"' or '\'')
        {
            if (strings.Read(allowMultiline: false) is not { } quoted)
            {
                return false;
            }

            part = new TomlKey(quoted.Value, quoted.Position);
            return true;
        }

        while (!cursor.AtEnd && TomlCursor.IsBareKey(cursor.Current))
        {
            cursor.Index++;
        }

        if (cursor.Index == start)
        {
            return cursor.FailExpected("a key: letters, digits, '_' and '-', or a string in quotes");
        }

        part = new TomlKey(cursor.From(start).ToString(), cursor.Source.PositionAt(start));
        return true;
    }
}
