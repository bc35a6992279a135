namespace Balancer.Configuration;

/// <summary>A <c>[geo.NAME]</c>: a variable whose value depends on an address.</summary>
public sealed record GeoConfig
{
    /// <summary>The variable, without the dollar sign.</summary>
    public required string Name { get; init; }

    /// <summary>Where the table starts.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary><c>address</c>: the text the address is read from; null for the client's.</summary>
    public ConfigText? Address { get; init; }

    /// <summary><c>default</c>: the value when no network holds the address. Default: empty.</summary>
    public ConfigText? Default { get; init; }

    /// <summary><c>values</c>: by networks and ranges.</summary>
    public IReadOnlyList<MapEntryConfig> Values { get; init; } = [];
}
