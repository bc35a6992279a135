namespace Balancer.Configuration;

/// <summary>A <c>[split_clients.NAME]</c>: a variable that has each of its values for a share of the texts.</summary>
public sealed record SplitClientsConfig
{
    /// <summary>The variable, without the dollar sign.</summary>
    public required string Name { get; init; }

    /// <summary>Where the table starts.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary><c>source</c>: the text that is hashed.</summary>
    public required ConfigText Source { get; init; }

    /// <summary><c>values</c> by their share, in the order written.</summary>
    public IReadOnlyList<MapEntryConfig> Values { get; init; } = [];
}
