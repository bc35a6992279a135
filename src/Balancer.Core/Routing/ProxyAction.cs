using Balancer.Configuration;
using Balancer.Http.Http1;
using Balancer.Http.Variables;
using Balancer.Rewriting;
using Balancer.Upstreams;

namespace Balancer.Routing;

/// <summary><c>proxy_pass</c> and all that goes with it, compiled. Times in milliseconds.</summary>
internal sealed class ProxyAction
{
    /// <summary>The pool.</summary>
    public required Upstream Upstream { get; init; }

    /// <summary>The key of the pool's <c>hash</c> method; null for other methods.</summary>
    public TextTemplate? HashKey { get; init; }

    /// <summary>The cookie of a pool with <c>sticky</c>; null without.</summary>
    public StickyCookie? Sticky { get; init; }

    /// <summary>TLS towards the servers; null speaks without.</summary>
    public UpstreamTls? Tls { get; init; }

    /// <summary>Whether HTTP/2 is spoken to the servers: <c>grpc_pass</c>, or <c>proxy_http_version = "2"</c>.</summary>
    public bool IsHttp2 { get; init; }

    /// <summary>Whether the location is one of <c>grpc_pass</c>.</summary>
    public bool IsGrpc { get; init; }

    /// <summary>How the request target is written.</summary>
    public required ProxyUri Uri { get; init; }

    /// <summary>The URI part of <c>proxy_pass</c> when it holds variables: the whole target as it comes out; null otherwise.</summary>
    public TextTemplate? UriTemplate { get; init; }

    /// <summary>Name and port of <c>proxy_pass</c> (<c>$proxy_host</c>).</summary>
    public required byte[] Host { get; init; }

    /// <summary>Port of <c>proxy_pass</c> (<c>$proxy_port</c>).</summary>
    public required byte[] Port { get; init; }

    /// <summary>What the server gets in place of parts of the request; null passes the request as it is.</summary>
    public RequestChange? Change { get; init; }

    /// <summary>Fields the request gets (<c>proxy_set_header</c>).</summary>
    public required AddedField[] SetFields { get; init; }

    /// <summary>The value of Host when <c>proxy_set_header Host</c> says so; null passes the client's.</summary>
    public TextTemplate? HostField { get; init; }

    /// <summary>Fields of the client's request that are not passed on: those in <see cref="SetFields"/> and those the gateway writes itself.</summary>
    public required FieldNameSet DroppedFields { get; init; }

    /// <summary>The forwarding fields of the gateway that <c>proxy_set_header</c> does not replace.</summary>
    public required ForwardingFields Forwarding { get; init; }

    /// <summary>Fields of the response that are not passed on (<c>proxy_hide_header</c>).</summary>
    public required FieldNameSet HiddenFields { get; init; }

    /// <summary>The same, and those that <c>expires</c> replaces.</summary>
    public required FieldNameSet HiddenWithExpires { get; init; }

    /// <summary>What is changed in fields that speak of the server; null for nothing.</summary>
    public ResponseRewriting? Rewriting { get; init; }

    /// <summary><c>proxy_connect_timeout</c>.</summary>
    public required long ConnectTimeout { get; init; }

    /// <summary><c>proxy_send_timeout</c>.</summary>
    public required long SendTimeout { get; init; }

    /// <summary><c>proxy_read_timeout</c>.</summary>
    public required long ReadTimeout { get; init; }

    /// <summary>Limits of the response head (<c>proxy_buffer_size</c>).</summary>
    public required HeadLimits ResponseLimits { get; init; }

    /// <summary>How much of a request body is kept for another try, in bytes (<c>client_body_buffer_size</c>).</summary>
    public required int BodyBufferSize { get; init; }

    /// <summary><c>proxy_next_upstream</c>.</summary>
    public required NextUpstreamConditions NextUpstream { get; init; }

    /// <summary><c>proxy_next_upstream_tries</c>; 0 is no limit.</summary>
    public required int NextUpstreamTries { get; init; }

    /// <summary><c>proxy_next_upstream_timeout</c>; 0 is no limit.</summary>
    public required long NextUpstreamTimeout { get; init; }

    /// <summary><c>proxy_ignore_client_abort</c>.</summary>
    public required bool IgnoreClientAbort { get; init; }

    /// <summary><c>proxy_protocol</c>: 0, 1 or 2.</summary>
    public required int ProxyProtocolVersion { get; init; }
}
