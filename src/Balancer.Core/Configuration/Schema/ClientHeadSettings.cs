namespace Balancer.Configuration.Schema;

/// <summary>The settings of request heads, which are read before a location is known: they stand at the top level and in a server only.</summary>
internal sealed record ClientHeadSettings(TimeSpan? ClientHeaderTimeout = null, HeaderBuffersConfig? LargeClientHeaderBuffers = null, bool? UnderscoresInHeaders = null)
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
    ];

    /// <summary>The keys for a level whose record holds these settings.</summary>
    public static IEnumerable<LevelKey<T>> Lift<T>(Func<T, ClientHeadSettings> get, Func<T, ClientHeadSettings, T> with) => All.Select(key => new LiftedKey<T, ClientHeadSettings>(key, get, with));

    /// <summary>The settings of a server.</summary>
    public static ClientHeadSettings Of(ServerConfig server) => new(server.ClientHeaderTimeout, server.LargeClientHeaderBuffers, server.UnderscoresInHeaders);

    /// <summary>A server with these settings.</summary>
    public ServerConfig In(ServerConfig server) => server with
    {
        ClientHeaderTimeout = ClientHeaderTimeout,
        LargeClientHeaderBuffers = LargeClientHeaderBuffers,
        UnderscoresInHeaders = UnderscoresInHeaders,
    };

    /// <summary>These settings where written, others elsewhere.</summary>
    public ClientHeadSettings Over(ClientHeadSettings outer) =>
        new(ClientHeaderTimeout ?? outer.ClientHeaderTimeout, LargeClientHeaderBuffers ?? outer.LargeClientHeaderBuffers, UnderscoresInHeaders ?? outer.UnderscoresInHeaders);
}
