namespace Balancer.Configuration;

/// <summary><c>[vrrp_sync_group.NAME]</c>: instances that are master together, or not.</summary>
public sealed record VrrpGroupConfig
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>Where the table starts.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary><c>group</c>: the names of instances.</summary>
    public IReadOnlyList<ConfigText> Members { get; init; } = [];

    /// <summary><c>notify</c> and the like.</summary>
    public VrrpCommands Commands { get; init; } = new();
}
