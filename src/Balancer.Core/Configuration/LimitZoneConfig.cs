namespace Balancer.Configuration;

/// <summary>A <c>[limit_conn_zone.NAME]</c> table: what requests are counted by, and the memory for it.</summary>
public record LimitZoneConfig
{
    /// <summary>The name settings call it by.</summary>
    public required string Name { get; init; }

    /// <summary>Where the table or phrase starts.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary><c>key</c>: a text with variables; requests with the same text are counted together, those for which it is empty not at all.</summary>
    public required ConfigText Key { get; init; }

    /// <summary><c>size</c> in bytes, at least 32k.</summary>
    public required long Size { get; init; }
}
