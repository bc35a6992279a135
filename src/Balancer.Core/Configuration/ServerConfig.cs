namespace Balancer.Configuration;

/// <summary>A <c>[[server]]</c> block: one virtual server.</summary>
public sealed record ServerConfig
{
    /// <summary>Where the block starts.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary><c>listen</c>, at least one; <c>"80"</c> when the key is absent.</summary>
    public required IReadOnlyList<ListenConfig> Listen { get; init; }

    /// <summary><c>server_name</c>: exact, <c>*.example.com</c>, <c>.example.com</c>, <c>www.example.*</c>, <c>~regex</c>, <c>_</c> or empty. In the order written.</summary>
    public required IReadOnlyList<ConfigText> ServerNames { get; init; }

    /// <summary><c>return</c> of the server itself, before any location is looked for.</summary>
    public ReturnConfig? Return { get; init; }

    /// <summary><c>set</c>, <c>rewrite</c> and <c>break</c> at this level.</summary>
    public RewriteConfig Rewrite { get; init; } = new();

    /// <summary><c>client_header_timeout</c>: the whole head must arrive within this time, else 408. Default 60 s.</summary>
    public TimeSpan? ClientHeaderTimeout { get; init; }

    /// <summary><c>large_client_header_buffers</c>: NUMBER and SIZE; a request line longer than SIZE is 414, a header line longer than SIZE or a head larger than NUMBER × SIZE 431. Default 4 8k.</summary>
    public HeaderBuffersConfig? LargeClientHeaderBuffers { get; init; }

    /// <summary><c>underscores_in_headers</c>: whether names with an underscore are kept. Default false: dropped and counted.</summary>
    public bool? UnderscoresInHeaders { get; init; }

    /// <summary><c>http2</c>: whether clients may speak HTTP/2. Default false.</summary>
    public bool? Http2 { get; init; }

    /// <summary><c>http2_max_concurrent_streams</c>: requests one HTTP/2 connection may have under way. Default 128.</summary>
    public int? Http2MaxConcurrentStreams { get; init; }

    /// <summary>The <c>ssl_*</c> settings, those of the top level included.</summary>
    public TlsConfig Tls { get; init; } = new();

    /// <summary>Settings at this level: the defaults of its locations.</summary>
    public required SettingsConfig Settings { get; init; }

    /// <summary><c>[[server.location]]</c> in the order of the file.</summary>
    public required IReadOnlyList<LocationConfig> Locations { get; init; }
}
