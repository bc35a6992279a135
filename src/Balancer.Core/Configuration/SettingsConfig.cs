namespace Balancer.Configuration;

/// <summary>The settings that may stand at the top level, in a server and in a location; a null was not written there and comes from the level above (see <see cref="Over"/>).</summary>
public sealed record SettingsConfig
{
    /// <summary><c>access_log</c>; an empty list is <c>"off"</c>. Default: none.</summary>
    public IReadOnlyList<AccessLogConfig>? AccessLogs { get; init; }

    /// <summary><c>add_header</c>: name to text; an empty text removes the one inherited. Merged by name with the level above.</summary>
    public IReadOnlyDictionary<string, ConfigText>? AddHeaders { get; init; }

    /// <summary><c>add_trailer</c>: by name; an empty text removes the one inherited. Merged by name with the level above.</summary>
    public IReadOnlyDictionary<string, TrailerConfig>? AddTrailers { get; init; }

    /// <summary><c>default_type</c>: Content-Type of <c>return</c> bodies. Default <c>text/plain</c>.</summary>
    public string? DefaultType { get; init; }

    /// <summary><c>server_tokens</c>: whether error pages and the Server field name the version. Default false.</summary>
    public bool? ServerTokens { get; init; }

    /// <summary><c>client_max_body_size</c> in bytes; 0 is no limit. Default 1m. Larger: 413.</summary>
    public long? ClientMaxBodySize { get; init; }

    /// <summary><c>client_body_timeout</c>: between two reads of the body, else 408. Default 60 s.</summary>
    public TimeSpan? ClientBodyTimeout { get; init; }

    /// <summary><c>client_body_min_rate</c>: least bytes a second of a request body, on average over the waits for it; 0 is no limit. Default 240.</summary>
    public long? ClientBodyMinRate { get; init; }

    /// <summary><c>client_body_buffer_size</c>: how much of a request body is kept so that it can be sent again to another upstream server. Default 16k.</summary>
    public int? ClientBodyBufferSize { get; init; }

    /// <summary><c>send_timeout</c>: between two writes to the client that make progress. Default 60 s.</summary>
    public TimeSpan? SendTimeout { get; init; }

    /// <summary><c>send_min_rate</c>: least bytes a second a client takes of a response, on average over the waits for it; 0 is no limit. Default 240.</summary>
    public long? SendMinRate { get; init; }

    /// <summary><c>keepalive_timeout</c>: an idle client connection is closed after it; zero closes after every response. Default 75 s.</summary>
    public TimeSpan? KeepaliveTimeout { get; init; }

    /// <summary><c>keepalive_requests</c> on one client connection. Default 1000.</summary>
    public int? KeepaliveRequests { get; init; }

    /// <summary><c>keepalive_time</c>: greatest age of a client connection. Default 1 h.</summary>
    public TimeSpan? KeepaliveTime { get; init; }

    /// <summary><c>proxy_connect_timeout</c>. Default 60 s.</summary>
    public TimeSpan? ProxyConnectTimeout { get; init; }

    /// <summary><c>proxy_send_timeout</c>: between two writes to the upstream server. Default 60 s.</summary>
    public TimeSpan? ProxySendTimeout { get; init; }

    /// <summary><c>proxy_read_timeout</c>: between two reads from the upstream server. Default 60 s.</summary>
    public TimeSpan? ProxyReadTimeout { get; init; }

    /// <summary><c>proxy_buffer_size</c>: greatest head of a response, in bytes. Default 8k. Larger: 502.</summary>
    public int? ProxyBufferSize { get; init; }

    /// <summary><c>proxy_http_version</c>. Default HTTP/1.1.</summary>
    public UpstreamHttpVersion? ProxyHttpVersion { get; init; }

    /// <summary><c>proxy_set_header</c>: name to text; an empty text drops the field. As in nginx a level that sets any replaces those of the level above.</summary>
    public IReadOnlyDictionary<string, ConfigText>? ProxySetHeaders { get; init; }

    /// <summary><c>proxy_hide_header</c>: names not passed to the client.</summary>
    public IReadOnlyList<string>? ProxyHideHeaders { get; init; }

    /// <summary><c>proxy_pass_header</c>: names passed that are hidden by default (Date and Server are passed here; X-Accel-* and X-Pad are not).</summary>
    public IReadOnlyList<string>? ProxyPassHeaders { get; init; }

    /// <summary>The <c>limit_req</c> and <c>limit_conn</c> settings.</summary>
    public LimitsConfig Limits { get; init; } = new();

    /// <summary>The <c>proxy_ssl_*</c> settings.</summary>
    public ProxyTlsConfig ProxyTls { get; init; } = new();

    /// <summary>What upstream servers get in place of parts of a request.</summary>
    public ProxyRequestConfig ProxyRequest { get; init; } = new();

    /// <summary>Who may use a location.</summary>
    public AccessConfig Access { get; init; } = new();

    /// <summary>The <c>otel_*</c> settings.</summary>
    public TracingConfig Tracing { get; init; } = new();

    /// <summary>What changes answers on their way to the client.</summary>
    public RewritingConfig Rewriting { get; init; } = new();

    /// <summary><c>proxy_next_upstream</c>. Default error and timeout.</summary>
    public NextUpstreamConditions? ProxyNextUpstream { get; init; }

    /// <summary><c>proxy_next_upstream_tries</c>; 0 is no limit. Default 0.</summary>
    public int? ProxyNextUpstreamTries { get; init; }

    /// <summary><c>proxy_next_upstream_timeout</c>; zero is no limit. Default zero.</summary>
    public TimeSpan? ProxyNextUpstreamTimeout { get; init; }

    /// <summary><c>proxy_ignore_client_abort</c>: whether the upstream exchange goes on when the client has gone. Default false.</summary>
    public bool? ProxyIgnoreClientAbort { get; init; }

    /// <summary><c>proxy_protocol</c> towards the upstream server: 0 off, else the version 1 or 2. Default 0.</summary>
    public int? ProxyProtocol { get; init; }

    /// <summary><c>set_real_ip_from</c>: trusted addresses and networks, and <c>unix:</c>.</summary>
    public IReadOnlyList<TrustedAddressConfig>? SetRealIpFrom { get; init; }

    /// <summary><c>real_ip_header</c>: a field name, or <c>proxy_protocol</c>. Default X-Real-IP.</summary>
    public string? RealIpHeader { get; init; }

    /// <summary><c>real_ip_recursive</c>. Default false.</summary>
    public bool? RealIpRecursive { get; init; }

    /// <summary>These settings where written, those of <paramref name="outer"/> elsewhere, with nginx's rules of inheritance (add_header and add_trailer: merged by name).</summary>
    public SettingsConfig Over(SettingsConfig outer) => new()
    {
        AccessLogs = AccessLogs ?? outer.AccessLogs,
        AddHeaders = Merge(AddHeaders, outer.AddHeaders),
        AddTrailers = Merge(AddTrailers, outer.AddTrailers),
        DefaultType = DefaultType ?? outer.DefaultType,
        ServerTokens = ServerTokens ?? outer.ServerTokens,
        ClientMaxBodySize = ClientMaxBodySize ?? outer.ClientMaxBodySize,
        ClientBodyTimeout = ClientBodyTimeout ?? outer.ClientBodyTimeout,
        ClientBodyMinRate = ClientBodyMinRate ?? outer.ClientBodyMinRate,
        ClientBodyBufferSize = ClientBodyBufferSize ?? outer.ClientBodyBufferSize,
        SendTimeout = SendTimeout ?? outer.SendTimeout,
        SendMinRate = SendMinRate ?? outer.SendMinRate,
        KeepaliveTimeout = KeepaliveTimeout ?? outer.KeepaliveTimeout,
        KeepaliveRequests = KeepaliveRequests ?? outer.KeepaliveRequests,
        KeepaliveTime = KeepaliveTime ?? outer.KeepaliveTime,
        ProxyConnectTimeout = ProxyConnectTimeout ?? outer.ProxyConnectTimeout,
        ProxySendTimeout = ProxySendTimeout ?? outer.ProxySendTimeout,
        ProxyReadTimeout = ProxyReadTimeout ?? outer.ProxyReadTimeout,
        ProxyBufferSize = ProxyBufferSize ?? outer.ProxyBufferSize,
        ProxyHttpVersion = ProxyHttpVersion ?? outer.ProxyHttpVersion,
        ProxySetHeaders = ProxySetHeaders ?? outer.ProxySetHeaders,
        ProxyHideHeaders = ProxyHideHeaders ?? outer.ProxyHideHeaders,
        ProxyPassHeaders = ProxyPassHeaders ?? outer.ProxyPassHeaders,
        Limits = Limits.Over(outer.Limits),
        ProxyTls = ProxyTls.Over(outer.ProxyTls),
        ProxyRequest = ProxyRequest.Over(outer.ProxyRequest),
        Access = Access.Over(outer.Access),
        Tracing = Tracing.Over(outer.Tracing),
        Rewriting = Rewriting.Over(outer.Rewriting),
        ProxyNextUpstream = ProxyNextUpstream ?? outer.ProxyNextUpstream,
        ProxyNextUpstreamTries = ProxyNextUpstreamTries ?? outer.ProxyNextUpstreamTries,
        ProxyNextUpstreamTimeout = ProxyNextUpstreamTimeout ?? outer.ProxyNextUpstreamTimeout,
        ProxyIgnoreClientAbort = ProxyIgnoreClientAbort ?? outer.ProxyIgnoreClientAbort,
        ProxyProtocol = ProxyProtocol ?? outer.ProxyProtocol,
        SetRealIpFrom = SetRealIpFrom ?? outer.SetRealIpFrom,
        RealIpHeader = RealIpHeader ?? outer.RealIpHeader,
        RealIpRecursive = RealIpRecursive ?? outer.RealIpRecursive,
    };

    private static IReadOnlyDictionary<string, T>? Merge<T>(IReadOnlyDictionary<string, T>? inner, IReadOnlyDictionary<string, T>? outer)
    {
        if (inner is null || outer is null)
        {
            return inner ?? outer;
        }

        var merged = new Dictionary<string, T>(outer, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, text) in inner)
        {
            merged[name] = text;
        }

        return merged;
    }
}
