namespace Balancer.Configuration;

/// <summary>A string of the configuration that is compiled later (variables, upstream names, regular expressions), with its place for errors.</summary>
/// <param name="Value">The text as written.</param>
/// <param name="Location">Where its first character stands, behind the opening quote.</param>
public sealed record ConfigText(string Value, SourceLocation Location)
{
    /// <summary>Where the character at an index of <see cref="Value"/> stands; exact as long as the file wrote the text without escapes.</summary>
    public SourceLocation At(int index)
    {
        var before = Value.AsSpan(0, index);
        var lineStart = before.LastIndexOf('\n') + 1;
        return lineStart == 0
            ? Location with { Column = Location.Column + index }
            : Location with { Line = Location.Line + before.Count('\n'), Column = index - lineStart + 1 };
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
