namespace Balancer.Configuration;

/// <summary>One <c>limit_conn</c>: how many requests of a zone's key may be in progress.</summary>
public sealed record LimitConnConfig
{
    /// <summary>Where the phrase starts.</summary>
    public required SourceLocation Source { get; init; }

    /// <summary><c>zone</c>: the name of a <c>[limit_conn_zone.NAME]</c>.</summary>
    public required string Zone { get; init; }

    /// <summary><c>number</c>: 1 to 65535.</summary>
    public required int Number { get; init; }
}
