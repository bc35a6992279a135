namespace Balancer.Configuration.Toml;

/// <summary>
/// Reads TOML 1.0. After a fault it goes on at the next line that looks like a key or a header, so that one run reports all faults of a file.
/// </summary>
internal sealed class TomlReader : ITomlReader
{
    /// <summary>The one instance; it holds no state.</summary>
    public static TomlReader Instance { get; } = new();

    /// <inheritdoc/>
    public TomlDocument Read(ReadOnlySpan<byte> utf8)
    {
        var text = TomlText.Decode(utf8, out var invalid);
        var cursor = new TomlCursor(text);
        foreach (var index in FirstOfEachLine(invalid, text))
        {
            cursor.Fail(index, "found bytes that are not UTF-8");
        }

        // A file in another encoding has faults everywhere: one is enough.
        var root = invalid.Count > 0 && text.Text.Contains('\0', StringComparison.Ordinal)
            ? new TomlTable(new TomlPosition(1, 1), TomlTableOrigin.Header)
            : new TomlDocumentParser(cursor).Read();
        var places = new HashSet<TomlPosition>();
        var errors = cursor.Errors.Where(error => places.Add(error.Position)).ToList();
        errors.Sort(static (a, b) => a.Position.Line != b.Position.Line ? a.Position.Line.CompareTo(b.Position.Line) : a.Position.Column.CompareTo(b.Position.Column));
        return new TomlDocument(root, errors);
    }

    private static IEnumerable<int> FirstOfEachLine(IReadOnlyList<int> indexes, TomlText text)
    {
        var next = 0;
        foreach (var index in indexes)
        {
            if (index >= next)
            {
                next = text.NextLineStart(index);
                yield return index;
            }
        }
    }
}
