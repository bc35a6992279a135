namespace Balancer.Configuration.Toml;

/// <summary>A string, which knows the place of each of its characters so that errors within a phrase point at the word.</summary>
internal sealed class TomlString : TomlValue
{
    private readonly TomlPosition _content;
    private readonly TomlStringBreak[]? _breaks;

    /// <summary>Makes a string of one line without escapes.</summary>
    public TomlString(string value, TomlPosition position, TomlPosition content)
        : this(value, position, content, null)
    {
    }

    /// <summary>Makes a string.</summary>
    /// <param name="value">The text.</param>
    /// <param name="position">The opening quote.</param>
    /// <param name="content">The first character of the text.</param>
    /// <param name="breaks">In rising order, the indexes at which the text stops running along with the file: after an escape and at the start of a line.</param>
    public TomlString(string value, TomlPosition position, TomlPosition content, TomlStringBreak[]? breaks)
        : base(position)
    {
        Value = value;
        _content = content;
        _breaks = breaks;
    }

    /// <summary>The text, escapes resolved.</summary>
    public string Value { get; }

    /// <summary>The indexes at which the text stops running along with the file, in rising order.</summary>
    public ReadOnlySpan<TomlStringBreak> Breaks => _breaks;

    /// <summary>What was put into the text from outside of the file, in rising order.</summary>
    public IReadOnlyList<TomlInsert> Inserts { get; init; } = [];

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.String;

    /// <summary>Where the character at an index of <see cref="Value"/> stands in the file.</summary>
    public TomlPosition PositionOf(int index)
    {
        foreach (var insert in Inserts)
        {
            // All of it stands where its placeholder begins.
            if (index > insert.Index && index < insert.Index + insert.Length)
            {
                index = insert.Index;
            }
        }

        var start = new TomlStringBreak(0, _content);
        if (_breaks is not null)
        {
            foreach (var candidate in _breaks)
            {
                if (candidate.Index > index)
                {
                    break;
                }

                start = candidate;
            }
        }

        var column = start.Position.Column;
        for (var i = start.Index; i < index && i < Value.Length; i++)
        {
            if (!char.IsLowSurrogate(Value[i]))
            {
                column++;
            }
        }

        return start.Position with { Column = column };
    }
}
