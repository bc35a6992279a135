namespace Balancer.Configuration;

/// <summary>A string of the configuration that is compiled later (variables, upstream names, regular expressions), with its place for errors.</summary>
/// <param name="Value">The text as written.</param>
/// <param name="Location">Where its first character stands, behind the opening quote.</param>
public sealed record ConfigText(string Value, SourceLocation Location)
{
    /// <summary>In rising order, where the text stops running along with the file.</summary>
    public IReadOnlyList<ConfigTextBreak> Breaks { get; init; } = [];

    /// <summary>In rising order, the parts that came from outside of the file.</summary>
    public IReadOnlyList<ConfigTextInsert> Inserts { get; init; } = [];

    /// <summary>The text as it stands in the file, <c>${NAME}</c> instead of what that is.</summary>
    public string Written
    {
        get
        {
            var written = Value;
            foreach (var insert in Inserts.Reverse())
            {
                written = string.Concat(written.AsSpan(0, insert.Index), insert.Written, written.AsSpan(insert.Index + insert.Length));
            }

            return written;
        }
    }

    /// <summary>Whether the character at an index came from outside of the file.</summary>
    public bool IsInserted(int index) => Inserts.Any(insert => index >= insert.Index && index < insert.Index + insert.Length);

    /// <summary>Where the character at an index of <see cref="Value"/> stands.</summary>
    public SourceLocation At(int index)
    {
        foreach (var insert in Inserts)
        {
            if (index > insert.Index && index < insert.Index + insert.Length)
            {
                index = insert.Index;
            }
        }

        var start = new ConfigTextBreak(0, Location);
        foreach (var candidate in Breaks)
        {
            if (candidate.Index > index)
            {
                break;
            }

            start = candidate;
        }

        var column = start.Location.Column;
        for (var i = start.Index; i < index && i < Value.Length; i++)
        {
            // Columns count characters, not UTF-16 units.
            column += char.IsLowSurrogate(Value[i]) ? 0 : 1;
        }

        return start.Location with { Column = column };
    }

    /// <summary>The text from an index on, at its place.</summary>
    public ConfigText From(int index) => new(Value[index..], At(index))
    {
        Breaks = [.. Breaks.Where(b => b.Index > index).Select(b => b with { Index = b.Index - index })],
        Inserts = [.. Inserts.Where(i => i.Index >= index).Select(i => i with { Index = i.Index - index })],
    };

    /// <summary>This text with another one behind it.</summary>
    public ConfigText Append(ConfigText next) => new(Value + next.Value, Location)
    {
        Breaks = [.. Breaks, new ConfigTextBreak(Value.Length, next.Location), .. next.Breaks.Select(b => b with { Index = b.Index + Value.Length })],
        Inserts = [.. Inserts, .. next.Inserts.Select(i => i with { Index = i.Index + Value.Length })],
    };

    /// <inheritdoc/>
    public override string ToString() => Value;
}
