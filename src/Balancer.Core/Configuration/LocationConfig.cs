namespace Balancer.Configuration;

/// <summary>A <c>[[server.location]]</c> block.</summary>
public sealed record LocationConfig
{
    /// <summary>Where the block starts.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary><c>path</c>: nginx's location text, modifier included.</summary>
    public required ConfigText Path { get; init; }

    /// <summary>The modifier of <see cref="Path"/>.</summary>
    public required LocationMatch Match { get; init; }

    /// <summary>The text after the modifier: a prefix, an exact path or a regular expression.</summary>
    public required string Pattern { get; init; }

    /// <summary><c>proxy_pass</c>: <c>http://upstream-or-host[:port][/uri]</c>, may hold variables in its URI part; null when the location answers itself.</summary>
    public ConfigText? ProxyPass { get; init; }

    /// <summary><c>grpc_pass</c>: <c>grpc://upstream-or-host[:port]</c>, or <c>grpcs://</c>; null without. Not beside <see cref="ProxyPass"/>.</summary>
    public ConfigText? GrpcPass { get; init; }

    /// <summary><c>return</c>; wins over <see cref="ProxyPass"/>.</summary>
    public ReturnConfig? Return { get; init; }

    /// <summary><c>set</c>, <c>rewrite</c> and <c>break</c> at this level.</summary>
    public RewriteConfig Rewrite { get; init; } = new();

    /// <summary><c>root</c>: the folder whose files answer requests, an absolute path; null without one.</summary>
    public string? Root { get; init; }

    /// <summary><c>internal</c>: whether only redirects within the gateway lead here; clients get 404. Default false.</summary>
    public bool Internal { get; init; }

    /// <summary><c>health_check</c> of the servers of <see cref="ProxyPass"/> or <see cref="GrpcPass"/>; null without.</summary>
    public HealthCheckConfig? HealthCheck { get; init; }

    /// <summary><c>monitor</c>: what the gateway says of itself here; null without.</summary>
    public MonitorPage? Monitor { get; init; }

    /// <summary><c>limit_except</c>; null without.</summary>
    public LimitExceptConfig? LimitExcept { get; init; }

    /// <summary>Settings at this level.</summary>
    public required SettingsConfig Settings { get; init; }
}
