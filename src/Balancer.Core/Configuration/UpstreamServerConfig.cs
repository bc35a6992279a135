namespace Balancer.Configuration;

/// <summary>One <c>server</c> line of a pool.</summary>
public sealed record UpstreamServerConfig
{
    /// <summary>Where it stands, for errors.</summary>
    public required SourceLocation Source { get; init; }

    /// <summary>The address as written: <c>10.0.2.10:3002</c>, <c>[::1]:80</c>, <c>name:80</c> or <c>unix:/path</c>. Labels and ketama use this text.</summary>
    public required string Address { get; init; }

    /// <summary>The host part: an IP address, a name, or null for a unix socket.</summary>
    public string? Host { get; init; }

    /// <summary>The port; 80 when not written, 0 for a unix socket.</summary>
    public int Port { get; init; } = 80;

    /// <summary>The path of a unix socket; null for TCP.</summary>
    public string? UnixPath { get; init; }

    /// <summary><c>weight=</c>, 1 to 65535. Default 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary><c>max_fails=</c>; 0 never ejects. Default 1.</summary>
    public int MaxFails { get; init; } = 1;

    /// <summary><c>fail_timeout=</c>. Default 10 s.</summary>
    public TimeSpan FailTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>max_conns=</c>; 0 is no limit. Default 0.</summary>
    public int MaxConns { get; init; }

    /// <summary><c>slow_start=</c>; zero has none. Default zero.</summary>
    public TimeSpan SlowStart { get; init; }

    /// <summary><c>backup</c>.</summary>
    public bool Backup { get; init; }

    /// <summary><c>down</c>.</summary>
    public bool Down { get; init; }

    /// <summary><c>drain</c>: only requests of sessions that are bound to it.</summary>
    public bool Drain { get; init; }

    /// <summary><c>route=</c>: the value of the <c>sticky</c> cookie that binds to it; null has one computed from the address.</summary>
    public string? Route { get; init; }

    /// <summary>Whether requests without a session never go to it.</summary>
    public bool IsClosed => Down || Drain;

    /// <summary><c>resolve</c>: the name is looked up again every <c>resolver_valid</c>.</summary>
    public bool Resolve { get; init; }
}
