namespace Balancer.Configuration;

/// <summary>A string of the configuration that is compiled later (variables, upstream names, regular expressions), with its place for errors.</summary>
/// <param name="Value">The text as written.</param>
/// <param name="Location">Where it stands.</param>
public sealed record ConfigText(string Value, SourceLocation Location)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
