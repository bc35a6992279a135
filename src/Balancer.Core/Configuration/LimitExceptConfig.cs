namespace Balancer.Configuration;

/// <summary>A <c>[server.location.limit_except]</c>: who may use all methods but some.</summary>
public sealed record LimitExceptConfig
{
    /// <summary>Where the table starts.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary><c>methods</c>: those left alone; GET stands for HEAD too.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>Who may use the others.</summary>
    public AccessConfig Access { get; init; } = new();
}
