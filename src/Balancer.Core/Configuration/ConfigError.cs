namespace Balancer.Configuration;

/// <summary>One fault of the configuration: where it is, what is wrong, what was expected and the nearest known name.</summary>
/// <param name="Location">Where the fault stands.</param>
/// <param name="Message">One sentence: what was found and what was expected.</param>
public sealed record ConfigError(SourceLocation Location, string Message)
{
    /// <summary><c>file:line:column: message</c>.</summary>
    public override string ToString() => $"{Location}: {Message}";
}
