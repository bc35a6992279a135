namespace Balancer.Configuration;

/// <summary><c>[match.NAME]</c>: what a response to a health check must be like. All of it must hold.</summary>
public sealed record MatchConfig
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>Where the table starts.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary><c>status</c>; null takes any.</summary>
    public StatusCondition? Status { get; init; }

    /// <summary><c>header</c>.</summary>
    public IReadOnlyList<FieldCondition> Fields { get; init; } = [];

    /// <summary><c>body</c>; null takes any.</summary>
    public BodyCondition? Body { get; init; }
}
