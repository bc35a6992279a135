namespace Balancer.Configuration.Schema;

/// <summary>The settings of connections and request heads, which hold before a location is known: they stand at the top level and in a server only.</summary>
internal sealed record ClientHeadSettings(
    TimeSpan? ClientHeaderTimeout = null,
    HeaderBuffersConfig? LargeClientHeaderBuffers = null,
    bool? UnderscoresInHeaders = null,
    bool? Http2 = null,
    int? Http2MaxConcurrentStreams = null)
{
    public static ConfigLevel<HeaderBuffersConfig> HeaderBuffers { get; } = new("large_client_header_buffers",
    [
        Key.Always<HeaderBuffersConfig, int>(
            "number", new IntegerType(1, 64), static b => b.Number, static (b, v) => b with { Number = v }, null, "How many. The first word.", "4", required: true),
        Key.Always<HeaderBuffersConfig, long>(
            "size", new SizeType(512, 64 * 1024), static b => b.Size, static (b, v) => b with { Size = (int)v }, null, "Bytes of each. The second word.", "\"8k\"", required: true),
    ]);

    private static IReadOnlyList<LevelKey<ClientHeadSettings>> All { get; } =
    [
        Key.Optional<ClientHeadSettings, TimeSpan>(
            "client_header_timeout", TimeType.Timeout, static s => s.ClientHeaderTimeout, static (s, v) => s with { ClientHeaderTimeout = v }, "\"1m\"",
            "Longest time the head of a request may take to arrive; 408 after it.", "\"10s\""),
        Key.OptionalRef<ClientHeadSettings, HeaderBuffersConfig>(
            "large_client_header_buffers",
            new PhraseType<HeaderBuffersConfig>(HeaderBuffers, static _ => new HeaderBuffersConfig(0, 0), ["number", "size"], "a phrase such as \"4 8k\""),
            static s => s.LargeClientHeaderBuffers, static (s, v) => s with { LargeClientHeaderBuffers = v }, "\"4 8k\"",
            "Number and size: a request line longer than the size is answered 414, a header line longer than it or a head larger than number × size 431.", "\"8 16k\""),
        Key.Optional<ClientHeadSettings, bool>(
            "underscores_in_headers", BooleanType.Instance, static s => s.UnderscoresInHeaders, static (s, v) => s with { UnderscoresInHeaders = v }, "false",
            "Whether fields with an underscore in their name are kept. Otherwise they are dropped and counted.", "true"),
        Key.Optional<ClientHeadSettings, bool>(
            "http2", BooleanType.Instance, static s => s.Http2, static (s, v) => s with { Http2 = v }, "false",
            "Whether clients may speak HTTP/2 as well as HTTP/1.1. On a plain address they do so with prior knowledge (RFC 9113 section 3.3), and the default server of the address decides.", "true"),
        Key.Optional<ClientHeadSettings, int>(
            "http2_max_concurrent_streams", new IntegerType(1, 1000), static s => s.Http2MaxConcurrentStreams, static (s, v) => s with { Http2MaxConcurrentStreams = v }, "128",
            "How many requests one HTTP/2 connection may have under way at once. The default server of the address decides.", "256"),
    ];

    /// <summary>The keys for a level whose record holds these settings.</summary>
    public static IEnumerable<LevelKey<T>> Lift<T>(Func<T, ClientHeadSettings> get, Func<T, ClientHeadSettings, T> with) => All.Select(key => new LiftedKey<T, ClientHeadSettings>(key, get, with));

    /// <summary>The settings of a server.</summary>
    public static ClientHeadSettings Of(ServerConfig server) =>
        new(server.ClientHeaderTimeout, server.LargeClientHeaderBuffers, server.UnderscoresInHeaders, server.Http2, server.Http2MaxConcurrentStreams);

    /// <summary>A server with these settings.</summary>
    public ServerConfig In(ServerConfig server) => server with
    {
        ClientHeaderTimeout = ClientHeaderTimeout,
        LargeClientHeaderBuffers = LargeClientHeaderBuffers,
        UnderscoresInHeaders = UnderscoresInHeaders,
        Http2 = Http2,
        Http2MaxConcurrentStreams = Http2MaxConcurrentStreams,
    };

    /// <summary>These settings where written, others elsewhere.</summary>
    public ClientHeadSettings Over(ClientHeadSettings outer) => new(
        ClientHeaderTimeout ?? outer.ClientHeaderTimeout,
        LargeClientHeaderBuffers ?? outer.LargeClientHeaderBuffers,
        UnderscoresInHeaders ?? outer.UnderscoresInHeaders,
        Http2 ?? outer.Http2,
        Http2MaxConcurrentStreams ?? outer.Http2MaxConcurrentStreams);
}
