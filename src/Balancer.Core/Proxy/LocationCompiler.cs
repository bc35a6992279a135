using System.Text;
using Balancer.Configuration;
using Balancer.Configuration.Values;
using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Http.Variables;
using Balancer.Infrastructure;
using Balancer.Limits;
using Balancer.Observability.Logging;
using Balancer.Proxy.Http2Upstream;
using Balancer.Routing;
using Balancer.Tls;
using Balancer.Upstreams;

namespace Balancer.Proxy;

/// <summary>Compiles locations: settings of all levels, texts with variables, the pool they pass to.</summary>
internal sealed class LocationCompiler(GatewayServices services, UpstreamRegistry upstreams, AccessLogSet logs, LimitsCompiler limits, TracingCompiler tracing, VariableScope scope, List<ConfigError> errors)
{
    /// <summary>Bytes a second a client must keep up, where nothing is configured: less than any line that is in use.</summary>
    private const long DefaultMinRate = 240;

    private const NextUpstreamConditions DefaultNextUpstream = NextUpstreamConditions.Error | NextUpstreamConditions.Timeout;

    /// <summary>Fields a location may not set, for the connection and the framing of messages are the gateway's own business.</summary>
    private static readonly string[] s_ownFields = ["Connection", "Keep-Alive", "Proxy-Connection", "TE", "Transfer-Encoding", "Upgrade", "Content-Length", "Expect", "HTTP2-Settings"];

    private readonly RewritingCompiler _rewriting = new(scope, errors);
    private readonly AccessCompiler _access = new(services, scope, errors);
    private readonly TlsFiles _tlsFiles = new();
    private readonly Dictionary<string, UpstreamTlsContext> _tlsContexts = new(StringComparer.Ordinal);

    /// <summary>Compiles a location.</summary>
    /// <param name="location">As configured.</param>
    /// <param name="outer">The settings of its server over those of the top level.</param>
    /// <param name="serverName">The server's first name.</param>
    /// <param name="routes">Where redirects within the gateway lead.</param>
    public Location Compile(LocationConfig location, SettingsConfig outer, string serverName, InternalRoutes routes)
    {
        var settings = location.Settings.Over(outer);
        if (location.GrpcPass is not null)
        {
            // Streams of messages may have nothing to say for hours.
            settings = settings with { ClientBodyMinRate = settings.ClientBodyMinRate ?? 0 };
        }

        return Compile(location.Path.Value, serverName, settings, location.Return, routes) with
        {
            IsInternal = location.Internal,
            Rewrite = _rewriting.Script(location.Rewrite),
            LimitExcept = _access.Compile(location.LimitExcept, settings.Access),
            Proxy = location is { ProxyPass: null, GrpcPass: null } ? null : CompileProxy(location, settings),
            Files = location.Root is { } root ? new FileFolder(root, Encoding.ASCII.GetBytes(settings.DefaultType ?? "text/plain")) : null,
        };
    }

    /// <summary>Compiles what applies to requests of a server that reach no location.</summary>
    public Location CompileFallback(ServerConfig server, SettingsConfig settings, string serverName, InternalRoutes routes) =>
        Compile("", serverName, settings, server.Return, routes) with { Rewrite = _rewriting.Script(server.Rewrite) };

    private Location Compile(string name, string serverName, SettingsConfig settings, ReturnConfig? answer, InternalRoutes routes)
    {
        var accessLogs = (settings.AccessLogs ?? []).Select(log => logs.Open(log, scope, errors)).OfType<AccessLog>().ToArray();
        var trailers = CompileTrailers(settings.AddTrailers);
        return new Location
        {
            AccessLogs = accessLogs,
            Metrics = services.Traffic.Of(serverName, name),
            KeepsSentHead = accessLogs.Any(log => log.ReadsSentHead) || trailers.Any(trailer => trailer.Value.ReadsSentHead),
            Name = name,
            Routes = routes,
            ErrorPages = _rewriting.ErrorPages(settings.Rewriting),
            Expires = _rewriting.Expires(settings.Rewriting, services.Time),
            Cors = _rewriting.Cors(settings.Rewriting),
            InterceptsErrors = settings.Rewriting.InterceptErrors ?? false,
            Return = answer is null ? null : Compile(answer, settings),
            Limits = new DownstreamLimits(
                settings.ClientMaxBodySize ?? 1024 * 1024,
                Milliseconds(settings.ClientBodyTimeout, 60),
                settings.ClientBodyMinRate ?? DefaultMinRate,
                Milliseconds(settings.SendTimeout, 60),
                settings.SendMinRate ?? DefaultMinRate,
                Milliseconds(settings.KeepaliveTimeout, 75),
                settings.KeepaliveRequests ?? 1000,
                Milliseconds(settings.KeepaliveTime, 3600)),
            TrafficLimits = limits.Compile(settings.Limits),
            RealIp = settings.SetRealIpFrom is { Count: > 0 } trusted ? new RealIp(trusted, settings.RealIpHeader, settings.RealIpRecursive ?? false) : null,
            AddedFields = CompileFields(settings.AddHeaders),
            AddedTrailers = trailers.Length == 0 ? null : trailers,
            Tracing = tracing.Compile(settings.Tracing),
            Access = _access.Compile(settings.Access),
        };
    }

    private ReturnAction Compile(ReturnConfig answer, SettingsConfig settings) => new(
        answer.Status,
        answer.Text is { } text ? TextTemplate.Compile(text, scope, errors) : null,
        Encoding.ASCII.GetBytes(settings.DefaultType ?? "text/plain"));

    private ProxyAction? CompileProxy(LocationConfig location, SettingsConfig settings)
    {
        if (ProxyPassTarget.Of(location, out var pass) is not { } target)
        {
            errors.Add(new ConfigError(pass.Location, $"found '{pass.Value}', expected a URL"));
            return null;
        }

        var address = target.Address;
        var upstream = (address.HasPort || address.Host is null ? null : upstreams.Find(address.Host)) ?? upstreams.Find(address.Text);
        if (upstream is null)
        {
            // Its pool had faults of its own, which are reported.
            return null;
        }

        var uri = target.Uri;
        var hasVariables = uri is not null && uri.Contains('$', StringComparison.Ordinal);
        if (uri is not null && !hasVariables && location.Match is LocationMatch.Regex or LocationMatch.RegexIgnoreCase or LocationMatch.Named)
        {
            errors.Add(new ConfigError(pass.Location, "proxy_pass cannot have a URI part in a location given by a regular expression or a name, unless the part holds variables"));
        }

        var isGrpc = location.GrpcPass is not null;
        var isHttp2 = isGrpc || settings.ProxyHttpVersion == UpstreamHttpVersion.Http2;
        if (isHttp2 && settings.ProxyProtocol is > 0)
        {
            errors.Add(new ConfigError(pass.Location, $"proxy_protocol cannot be used with {(isGrpc ? "grpc_pass" : "proxy_http_version \"2\"")}: connections are shared by all clients"));
        }

        var set = settings.ProxySetHeaders ?? new Dictionary<string, ConfigText>();
        CheckOwnFields(set);
        return new ProxyAction
        {
            Upstream = upstream,
            HashKey = upstream.Config.Balancing.HashKey is { } key ? TextTemplate.Compile(key, scope, errors) : null,
            Tls = target.IsTls ? CompileTls(settings.ProxyTls, address) : null,
            IsHttp2 = isHttp2,
            IsGrpc = isGrpc,
            Sticky = upstream.Config.Sticky is { } sticky ? new StickyCookie(sticky, services.Time) : null,
            Uri = new ProxyUri(hasVariables ? null : uri, location.Pattern),
            UriTemplate = hasVariables ? TextTemplate.Compile(pass.From(pass.Value.Length - uri!.Length), scope, errors) : null,
            Host = Encoding.ASCII.GetBytes(address.Text),
            Port = Encoding.ASCII.GetBytes(address.UnixPath is null ? $"{address.Port}" : ""),
            Change = isGrpc ? null : CompileChange(settings.ProxyRequest, isHttp2),
            SetFields = [.. CompileFields(set).Where(f => !IsNamed(f, "Host") && !IsNamed(f, "Connection"))],
            HostField = set.FirstOrDefault(f => f.Key.Equals("Host", StringComparison.OrdinalIgnoreCase)).Value is { } host ? TextTemplate.Compile(host, scope, errors) : null,
            DroppedFields = new FieldNameSet(set.Keys),
            Forwarding = ForwardingOf(set.Keys),
            Rewriting = isGrpc ? null : _rewriting.Response(settings.Rewriting, pass.Value, uri, hasVariables, location.Pattern),
            HiddenFields = HiddenFieldsOf(settings),
            HiddenWithExpires = HiddenFieldsOf(settings, "Expires", "Cache-Control"),
            ConnectTimeout = Milliseconds(settings.ProxyConnectTimeout, 60),
            SendTimeout = Milliseconds(settings.ProxySendTimeout, 60),
            ReadTimeout = Milliseconds(settings.ProxyReadTimeout, 60),
            ResponseLimits = HeadLimits.OfSize(settings.ProxyBufferSize ?? 8 * 1024),
            BodyBufferSize = settings.ClientBodyBufferSize ?? 16 * 1024,
            NextUpstream = settings.ProxyNextUpstream ?? DefaultNextUpstream,
            NextUpstreamTries = settings.ProxyNextUpstreamTries ?? 0,
            NextUpstreamTimeout = Milliseconds(settings.ProxyNextUpstreamTimeout, 0),
            IgnoreClientAbort = settings.ProxyIgnoreClientAbort ?? false,
            ProxyProtocolVersion = settings.ProxyProtocol ?? 0,
        };
    }

    private RequestChange? CompileChange(ProxyRequestConfig config, bool isHttp2)
    {
        if (isHttp2 && config.Method is { } text && !text.Value.Contains('$', StringComparison.Ordinal) && !Http2RequestMessage.KeepsMethod(Encoding.ASCII.GetBytes(text.Value)))
        {
            errors.Add(new ConfigError(text.Location, $"proxy_method: '{text.Value}' cannot be sent by HTTP/2, did you mean '{text.Value.ToUpperInvariant()}'?"));
        }

        return config is { Method: null, Body: null, PassesFields: not false, PassesBody: not false }
            ? null
            : new RequestChange(
                config.Method is { } method ? TextTemplate.Compile(method, scope, errors) : null,
                config.Body is { } body ? TextTemplate.Compile(body, scope, errors) : null,
                config.PassesFields ?? true,
                config.PassesBody ?? true);
    }

    private UpstreamTls? CompileTls(ProxyTlsConfig config, UpstreamAddress address)
    {
        var template = config.Name is { } name ? TextTemplate.Compile(name, scope, errors) : null;
        var context = new UpstreamTlsContextBuilder(config, _tlsFiles, errors).Build();
        if (context is null)
        {
            return null;
        }

        context = _tlsContexts.TryGetValue(context.Identity, out var same) ? same : _tlsContexts[context.Identity] = context;
        return template is { IsConstant: false } ? new UpstreamTls(context, null, template) : new UpstreamTls(context, config.Name?.Value ?? address.Host ?? "localhost", null);
    }

    private void CheckOwnFields(IReadOnlyDictionary<string, ConfigText> set)
    {
        foreach (var (name, text) in set)
        {
            var own = s_ownFields.FirstOrDefault(own => own.Equals(name, StringComparison.OrdinalIgnoreCase));

            // An empty Connection is what every nginx file with upstream keepalive has, an empty Content-Length one that passes no body on; here it is so anyway.
            if (own is not null && text.Value.Length > 0)
            {
                errors.Add(new ConfigError(text.Location, $"proxy_set_header cannot set {own}: the gateway writes it itself; remove the line"));
            }
        }
    }

    private AddedField[] CompileFields(IReadOnlyDictionary<string, ConfigText>? fields) =>
        fields is null
            ? []
            : [.. fields.Where(f => f.Value.Value.Length > 0).Select(f => new AddedField(Encoding.ASCII.GetBytes(f.Key), TextTemplate.Compile(f.Value, scope, errors)))];

    private AddedTrailer[] CompileTrailers(IReadOnlyDictionary<string, TrailerConfig>? trailers)
    {
        var compiled = new List<AddedTrailer>();
        foreach (var (name, trailer) in trailers ?? new Dictionary<string, TrailerConfig>())
        {
            if (trailer.Value.Value.Length == 0)
            {
                continue;
            }

            var bytes = Encoding.ASCII.GetBytes(name);
            if (TrailerRules.IsForbidden(KnownHeaders.Find(bytes), bytes))
            {
                errors.Add(new ConfigError(trailer.Value.Location, $"add_trailer: {name} cannot be a trailer, for what it says is needed before the body; see add_header"));
            }

            compiled.Add(new AddedTrailer(bytes, TextTemplate.Compile(trailer.Value, scope, errors), trailer.Always));
        }

        return [.. compiled];
    }

    private static ForwardingFields ForwardingOf(IEnumerable<string> replaced)
    {
        var fields = ForwardingFields.All;
        foreach (var name in replaced)
        {
            fields &= KnownHeaders.Find(Encoding.ASCII.GetBytes(name)) switch
            {
                KnownHeader.XForwardedFor => ~ForwardingFields.For,
                KnownHeader.XForwardedProto => ~ForwardingFields.Proto,
                KnownHeader.XForwardedHost => ~ForwardingFields.Host,
                KnownHeader.XRealIP => ~ForwardingFields.RealIP,
                KnownHeader.XRequestId => ~ForwardingFields.RequestId,
                KnownHeader.Traceparent => ~ForwardingFields.Trace,
                _ => ForwardingFields.All,
            };
        }

        return fields;
    }

    private static FieldNameSet HiddenFieldsOf(SettingsConfig settings, params string[] replaced)
    {
        var hidden = new HashSet<string>(
            ["X-Accel-Expires", "X-Accel-Redirect", "X-Accel-Limit-Rate", "X-Accel-Buffering", "X-Accel-Charset", "X-Pad", .. settings.ProxyHideHeaders ?? []],
            StringComparer.OrdinalIgnoreCase);
        hidden.ExceptWith(settings.ProxyPassHeaders ?? []);
        hidden.UnionWith(replaced);
        if (settings.Rewriting.Cors is { IsOn: true })
        {
            hidden.UnionWith(CorsConfig.Fields);
        }

        return new FieldNameSet(hidden);
    }

    private static bool IsNamed(AddedField field, string name) => Encoding.ASCII.GetString(field.Name).Equals(name, StringComparison.OrdinalIgnoreCase);

    private static long Milliseconds(TimeSpan? value, int defaultSeconds) => (long)(value ?? TimeSpan.FromSeconds(defaultSeconds)).TotalMilliseconds;
}
