namespace Balancer.Configuration.Toml;

/// <summary>The rules of TOML for which line may add to which table.</summary>
internal static class TomlTableBuilder
{
    /// <summary>Adds a value under a key, dotted or not.</summary>
    public static bool TryAdd(TomlCursor cursor, TomlTable table, ReadOnlySpan<TomlKey> key, TomlValue value)
    {
        foreach (var part in key[..^1])
        {
            if (!table.TryGet(part.Name, out var entry))
            {
                var made = new TomlTable(part.Position, TomlTableOrigin.Dotted);
                table.Add(part, made);
                table = made;
            }
            else if (entry.Value is TomlTable { Origin: TomlTableOrigin.Dotted or TomlTableOrigin.Implicit } inner)
            {
                inner.Origin = TomlTableOrigin.Dotted;
                table = inner;
            }
            else
            {
                return FailDefined(cursor, part, entry);
            }
        }

        var last = key[^1];
        if (table.TryGet(last.Name, out var existing))
        {
            return FailDefined(cursor, last, existing);
        }

        table.Add(last, value);
        return true;
    }

    /// <summary>The table of a header <c>[a.b]</c>.</summary>
    /// <returns>Null when the header may not stand there, which has been reported.</returns>
    public static TomlTable? OpenTable(TomlCursor cursor, TomlTable root, ReadOnlySpan<TomlKey> header, TomlPosition position)
    {
        if (Parent(cursor, root, header, position) is not { } parent)
        {
            return null;
        }

        var last = header[^1];
        if (!parent.TryGet(last.Name, out var existing))
        {
            var made = new TomlTable(position, TomlTableOrigin.Header);
            parent.Add(last, made);
            return made;
        }

        if (existing.Value is TomlTable { Origin: TomlTableOrigin.Implicit } table)
        {
            table.Origin = TomlTableOrigin.Header;
            return table;
        }

        if (existing.Value is TomlArray { OfTables: true })
        {
            cursor.Fail(last.Position, $"'{last.Name}' was defined as [[{last.Name}]] at {existing.Key.Position}, expected [[…]] here too");
            return null;
        }

        FailDefined(cursor, last, existing);
        return null;
    }

    /// <summary>A new table of a header <c>[[a.b]]</c>.</summary>
    /// <returns>Null when the header may not stand there, which has been reported.</returns>
    public static TomlTable? AppendTable(TomlCursor cursor, TomlTable root, ReadOnlySpan<TomlKey> header, TomlPosition position)
    {
        if (Parent(cursor, root, header, position) is not { } parent)
        {
            return null;
        }

        var last = header[^1];
        if (!parent.TryGet(last.Name, out var existing))
        {
            var array = new TomlArray(position, ofTables: true);
            parent.Add(last, array);
            return Append(array, position);
        }

        if (existing.Value is TomlArray { OfTables: true } known)
        {
            return Append(known, position);
        }

        FailDefined(cursor, last, existing);
        return null;
    }

    private static TomlTable Append(TomlArray array, TomlPosition position)
    {
        var table = new TomlTable(position, TomlTableOrigin.Header);
        array.Add(table);
        return table;
    }

    private static TomlTable? Parent(TomlCursor cursor, TomlTable root, ReadOnlySpan<TomlKey> header, TomlPosition position)
    {
        var table = root;
        foreach (var part in header[..^1])
        {
            if (!table.TryGet(part.Name, out var entry))
            {
                var made = new TomlTable(position, TomlTableOrigin.Implicit);
                table.Add(part, made);
                table = made;
                continue;
            }

            switch (entry.Value)
            {
                case TomlTable { Origin: not TomlTableOrigin.Inline } inner:
                    table = inner;
                    break;
                case TomlArray { OfTables: true } array:
                    table = (TomlTable)array.Items[^1];
                    break;
                default:
                    FailDefined(cursor, part, entry);
                    return null;
            }
        }

        return table;
    }

    private static bool FailDefined(TomlCursor cursor, TomlKey key, TomlEntry existing)
    {
        var what = existing.Value switch
        {
            TomlTable { Origin: TomlTableOrigin.Inline } => "as an inline table, which nothing may be added to,",
            TomlTable => "as a table",
            TomlArray => "as an array",
            _ => "",
        };
        return cursor.Fail(key.Position, $"'{key.Name}' is already defined {what}{(what.Length == 0 ? "" : " ")}at {existing.Key.Position}");
    }
}
