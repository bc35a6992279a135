namespace Balancer.Configuration.Schema;

/// <summary>The keys that may stand at the top level, in a server and in a location.</summary>
internal static class SettingsKeys
{
    private static readonly SizeType IntSize = new(0, 1 << 30);

    /// <summary>The keys, in the order of the documentation.</summary>
    public static IReadOnlyList<LevelKey<SettingsConfig>> All { get; } =
    [
        .. ClientKeys(),
        .. LimitsKeys.Lifted,
        .. ProxyKeys(),
        .. AccessKeys.Lifted,
        .. RewritingKeys.Lifted,
        .. TracingKeys.Lifted,
    ];

    /// <summary>The keys for a level whose record holds settings.</summary>
    public static IEnumerable<LevelKey<T>> Lift<T>(Func<T, SettingsConfig> get, Func<T, SettingsConfig, T> with) => All.Select(key => new LiftedKey<T, SettingsConfig>(key, get, with));

    private static LevelKey<SettingsConfig>[] ClientKeys() =>
    [
        Key.OptionalRef<SettingsConfig, IReadOnlyList<AccessLogConfig>>(
            "access_log", new ListOrOffType<AccessLogConfig>(AccessLogLevel.Type), static s => s.AccessLogs, static (s, v) => s with { AccessLogs = v }, "\"off\"",
            "Where requests are logged, in which format: a path (or `stdout`, `stderr`), the name of a format, and the parameters below. `\"off\"` logs nothing. A level that sets it replaces all of the level above.",
            "\"/var/log/balancer/access.log main buffer=64k flush=1s\""),
        Key.OptionalRef<SettingsConfig, IReadOnlyDictionary<string, ConfigText>>(
            "add_header", new HeaderFieldsType(takesAlways: true), static s => s.AddHeaders, static (s, v) => s with { AddHeaders = v }, null,
            "Fields added to every response, of any status. Merged by name with the level above, the nearest wins, an empty text removes one.",
            "{ Strict-Transport-Security = \"max-age=63072000\" }"),
        Key.OptionalRef<SettingsConfig, IReadOnlyDictionary<string, TrailerConfig>>(
            "add_trailer", new TrailersType(), static s => s.AddTrailers, static (s, v) => s with { AddTrailers = v }, null,
            "Trailers added to the end of responses with a status of 200, 201, 206, 301 to 304, 307 or 308, of any status with `always`, behind those of an upstream server; their texts are evaluated there. As in nginx an HTTP/1.1 response becomes chunked for them, and responses without a body and those to HTTP/1.0 clients have none. Merged by name with the level above, the nearest wins, an empty text removes one. Left out where an upstream server ends a call with a `grpc-status` in its head.",
            "{ Server-Timing = \"app;dur=$upstream_response_time\" }"),
        Key.OptionalRef<SettingsConfig, string>(
            "default_type", new TextType("media type", "a media type such as \"text/plain\"", Values.MediaType.IsValid), static s => s.DefaultType, static (s, v) => s with { DefaultType = v }, "\"text/plain\"",
            "Content-Type of the bodies of `return`.", "\"application/json\""),
        Key.Optional<SettingsConfig, bool>(
            "server_tokens", BooleanType.Instance, static s => s.ServerTokens, static (s, v) => s with { ServerTokens = v }, "false",
            "Whether error pages and the Server field of our own answers name the version.", "true"),
        Key.Optional<SettingsConfig, long>(
            "client_max_body_size", new SizeType(0, long.MaxValue), static s => s.ClientMaxBodySize, static (s, v) => s with { ClientMaxBodySize = v }, "\"1m\"",
            "Greatest request body; a larger one is answered 413. 0 is no limit.", "\"10m\""),
        Key.Optional<SettingsConfig, TimeSpan>(
            "client_body_timeout", TimeType.Timeout, static s => s.ClientBodyTimeout, static (s, v) => s with { ClientBodyTimeout = v }, "\"1m\"",
            "Longest wait between two reads of a request body; 408 after it.", "\"30s\""),
        Key.Optional<SettingsConfig, long>(
            "client_body_min_rate", IntSize, static s => s.ClientBodyMinRate, static (s, v) => s with { ClientBodyMinRate = v }, "\"240\"",
            "Least bytes a second of a request body, on average over the time spent waiting for it. A client that is slower when it has been waited for longer than `client_body_timeout` gets 408. 0 is no limit, for uploads in which there is nothing to send for long; so it is with `grpc_pass` unless a rate is given.", "\"1k\"", "not in nginx"),
        Key.Optional<SettingsConfig, long>(
            "client_body_buffer_size", IntSize, static s => s.ClientBodyBufferSize, static (s, v) => s with { ClientBodyBufferSize = (int)v }, "\"16k\"",
            "How much of a request body is kept so that it can be sent again to another upstream server. A longer one is sent once only.", "\"128k\""),
        Key.Optional<SettingsConfig, TimeSpan>(
            "send_timeout", TimeType.Timeout, static s => s.SendTimeout, static (s, v) => s with { SendTimeout = v }, "\"1m\"",
            "Longest time a client may take nothing of a response; its connection is closed after it.", "\"30s\""),
        Key.Optional<SettingsConfig, long>(
            "send_min_rate", IntSize, static s => s.SendMinRate, static (s, v) => s with { SendMinRate = v }, "\"240\"",
            "Least bytes a second a client takes of a response, on average over the time spent waiting for it. One that is slower when it has been waited for longer than `send_timeout` is cut off. 0 is no limit.", "\"1k\"", "not in nginx"),
        Key.Optional<SettingsConfig, TimeSpan>(
            "keepalive_timeout", TimeType.FromZero, static s => s.KeepaliveTimeout, static (s, v) => s with { KeepaliveTimeout = v }, "\"1m15s\"",
            "How long an idle client connection is kept. 0 closes after every response.", "\"65s\""),
        Key.Optional<SettingsConfig, int>(
            "keepalive_requests", IntegerType.FromOne, static s => s.KeepaliveRequests, static (s, v) => s with { KeepaliveRequests = v }, "1000",
            "Requests served on one client connection.", "10000"),
        Key.Optional<SettingsConfig, TimeSpan>(
            "keepalive_time", TimeType.Timeout, static s => s.KeepaliveTime, static (s, v) => s with { KeepaliveTime = v }, "\"1h\"",
            "Greatest age of a client connection; it is closed after the response that reaches it.", "\"30m\""),
        Key.OptionalRef<SettingsConfig, IReadOnlyList<TrustedAddressConfig>>(
            "set_real_ip_from", new ListType<TrustedAddressConfig>(new TrustedAddressType(), splits: true), static s => s.SetRealIpFrom, static (s, v) => s with { SetRealIpFrom = v }, null,
            "Addresses and networks (`unix:` for unix sockets) that are believed when they say whose request they pass on. All others have their own forwarding fields dropped.", "[\"10.0.0.0/8\", \"unix:\"]"),
        Key.OptionalRef<SettingsConfig, string>(
            "real_ip_header", TextType.FieldName, static s => s.RealIpHeader, static (s, v) => s with { RealIpHeader = v }, "\"X-Real-IP\"",
            "The field that names the client, or `proxy_protocol`.", "\"X-Forwarded-For\""),
        Key.Optional<SettingsConfig, bool>(
            "real_ip_recursive", BooleanType.Instance, static s => s.RealIpRecursive, static (s, v) => s with { RealIpRecursive = v }, "false",
            "Whether the last address that is not trusted is taken from the field, instead of the last one.", "true"),
    ];

    private static LevelKey<SettingsConfig>[] ProxyKeys() =>
    [
        Key.Optional<SettingsConfig, TimeSpan>(
            "proxy_connect_timeout", TimeType.Timeout, static s => s.ProxyConnectTimeout, static (s, v) => s with { ProxyConnectTimeout = v }, "\"1m\"",
            "Longest time to connect to an upstream server.", "\"5s\""),
        Key.Optional<SettingsConfig, TimeSpan>(
            "proxy_send_timeout", TimeType.Timeout, static s => s.ProxySendTimeout, static (s, v) => s with { ProxySendTimeout = v }, "\"1m\"",
            "Longest wait between two writes to the upstream server.", "\"30s\""),
        Key.Optional<SettingsConfig, TimeSpan>(
            "proxy_read_timeout", TimeType.Timeout, static s => s.ProxyReadTimeout, static (s, v) => s with { ProxyReadTimeout = v }, "\"1m\"",
            "Longest wait between two reads from the upstream server; 504 after it when no response head has come.", "\"30s\""),
        Key.Optional<SettingsConfig, long>(
            "proxy_buffer_size", new SizeType(1024, 1 << 20), static s => s.ProxyBufferSize, static (s, v) => s with { ProxyBufferSize = (int)v }, "\"8k\"",
            "Greatest head of a response; a larger one is answered 502.", "\"16k\""),
        Key.Optional<SettingsConfig, UpstreamHttpVersion>(
            "proxy_http_version", new UpstreamHttpVersionType(), static s => s.ProxyHttpVersion, static (s, v) => s with { ProxyHttpVersion = v }, "\"1.1\"",
            "The version spoken to the servers of `proxy_pass`. HTTP/2 needs `https://` (ALPN `h2`), or a server that expects it on a plain connection. Many requests share one connection, so of the keys of a pool `keepalive` and `keepalive_requests` do not apply to it, `keepalive_time` and `keepalive_timeout` do. Upgrades such as WebSockets need 1.1; trailers of a request, and interim responses, are not passed on by 2.", "\"2\""),
        Key.OptionalRef<SettingsConfig, IReadOnlyDictionary<string, ConfigText>>(
            "proxy_set_header", new HeaderFieldsType(takesAlways: false), static s => s.ProxySetHeaders, static (s, v) => s with { ProxySetHeaders = v }, null,
            "Fields set in the request to the upstream server, in place of the client's; an empty text drops the field. As in nginx a level that sets any replaces those of the level above. Host, X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host, X-Real-IP and X-Request-ID are set without being asked.",
            "{ X-Tenant = \"$http_x_tenant\", Host = \"$proxy_host\" }"),
        .. ProxyRequestKeys.Lifted,
        Key.OptionalRef<SettingsConfig, IReadOnlyList<string>>(
            "proxy_hide_header", new ListType<string>(TextType.FieldName, splits: true), static s => s.ProxyHideHeaders, static (s, v) => s with { ProxyHideHeaders = v }, null,
            "Fields of the response that are not passed to the client, besides X-Accel-* and X-Pad. A level that sets any replaces those of the level above.", "[\"X-Powered-By\"]"),
        Key.OptionalRef<SettingsConfig, IReadOnlyList<string>>(
            "proxy_pass_header", new ListType<string>(TextType.FieldName, splits: true), static s => s.ProxyPassHeaders, static (s, v) => s with { ProxyPassHeaders = v }, null,
            "Fields of the response that are passed to the client although they are hidden by default.", "[\"X-Accel-Expires\"]"),
        .. ProxyTlsKeys.Lifted,
        Key.Optional<SettingsConfig, NextUpstreamConditions>(
            "proxy_next_upstream", new NextUpstreamType(), static s => s.ProxyNextUpstream, static (s, v) => s with { ProxyNextUpstream = v }, "[\"error\", \"timeout\"]",
            "What makes a request go to the next upstream server: error, timeout, invalid_header, http_500, http_502, http_503, http_504, http_403, http_404, http_429, non_idempotent, or off.",
            "[\"error\", \"timeout\", \"http_502\", \"http_503\"]"),
        Key.Optional<SettingsConfig, int>(
            "proxy_next_upstream_tries", IntegerType.FromZero, static s => s.ProxyNextUpstreamTries, static (s, v) => s with { ProxyNextUpstreamTries = v }, "0",
            "How many upstream servers are tried for one request, the first included. 0 is no limit.", "3"),
        Key.Optional<SettingsConfig, TimeSpan>(
            "proxy_next_upstream_timeout", TimeType.FromZero, static s => s.ProxyNextUpstreamTimeout, static (s, v) => s with { ProxyNextUpstreamTimeout = v }, "0",
            "How long after its start a request may still go to another upstream server. 0 is no limit.", "\"10s\""),
        Key.Optional<SettingsConfig, bool>(
            "proxy_ignore_client_abort", BooleanType.Instance, static s => s.ProxyIgnoreClientAbort, static (s, v) => s with { ProxyIgnoreClientAbort = v }, "false",
            "Whether the exchange with the upstream server goes on when the client has gone.", "true"),
        Key.Optional<SettingsConfig, int>(
            "proxy_protocol", new ProxyProtocolType(), static s => s.ProxyProtocol, static (s, v) => s with { ProxyProtocol = v }, "false",
            "Whether a connection to an upstream server starts with a PROXY protocol header, and of which version. Such a connection serves one client only.", "2", "nginx stream `proxy_protocol`, HAProxy `send-proxy`"),
    ];
}
