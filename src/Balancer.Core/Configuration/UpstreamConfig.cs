namespace Balancer.Configuration;

/// <summary><c>[upstream.NAME]</c>: a pool of upstream servers.</summary>
public sealed record UpstreamConfig
{
    /// <summary>The name, as in <c>proxy_pass = "http://NAME"</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where the table starts.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary>How a server is chosen. Default weighted round robin.</summary>
    public BalancingConfig Balancing { get; init; } = new();

    /// <summary><c>server</c> in the order written.</summary>
    public required IReadOnlyList<UpstreamServerConfig> Servers { get; init; }

    /// <summary><c>keepalive</c>: greatest number of idle connections kept; 0 keeps none. Default 32.</summary>
    public int Keepalive { get; init; } = 32;

    /// <summary><c>keepalive_requests</c> on one upstream connection. Default 1000.</summary>
    public int KeepaliveRequests { get; init; } = 1000;

    /// <summary><c>keepalive_time</c>: greatest age of an upstream connection. Default 1 h.</summary>
    public TimeSpan KeepaliveTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary><c>keepalive_timeout</c>: an idle upstream connection is closed after it. Default 60 s.</summary>
    public TimeSpan KeepaliveTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>queue = "N timeout=60s"</c>: requests that wait when every server is at <c>max_conns</c>; null has no queue.</summary>
    public QueueConfig? Queue { get; init; }

    /// <summary><c>sticky</c>; null has none.</summary>
    public StickyConfig? Sticky { get; init; }

    /// <summary><c>resolver</c>: DNS servers; empty uses the system's.</summary>
    public IReadOnlyList<string> Resolver { get; init; } = [];

    /// <summary><c>resolver_timeout</c>. Default 30 s.</summary>
    public TimeSpan ResolverTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>resolver_valid</c>: how often the names of servers with <c>resolve</c> are looked up again. Default 30 s.</summary>
    public TimeSpan ResolverValid { get; init; } = TimeSpan.FromSeconds(30);
}
