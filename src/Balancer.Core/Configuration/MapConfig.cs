namespace Balancer.Configuration;

/// <summary>A <c>[map.NAME]</c>: a variable whose value depends on that of a text.</summary>
public sealed record MapConfig
{
    /// <summary>The variable, without the dollar sign.</summary>
    public required string Name { get; init; }

    /// <summary>Where the table starts.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary><c>source</c>: the text looked up.</summary>
    public required ConfigText Source { get; init; }

    /// <summary><c>default</c>: the value when nothing fits. Default: empty.</summary>
    public ConfigText? Default { get; init; }

    /// <summary><c>hostnames</c>: whether keys may be wildcards of host names. Default false.</summary>
    public bool Hostnames { get; init; }

    /// <summary><c>values</c> in the order written.</summary>
    public IReadOnlyList<MapEntryConfig> Values { get; init; } = [];
}
