namespace Balancer.Configuration.Toml;

/// <summary>A syntax error: where, what was found and what was expected.</summary>
/// <param name="Position">Where the unexpected text starts.</param>
/// <param name="Message">One sentence without a full stop.</param>
internal sealed record TomlError(TomlPosition Position, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Position}: {Message}";
}
