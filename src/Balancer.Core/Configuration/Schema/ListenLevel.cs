using System.Net;
using System.Net.Sockets;

namespace Balancer.Configuration.Schema;

/// <summary>The parts of <c>listen</c>.</summary>
internal static class ListenLevel
{
    public static ConfigLevel<ListenConfig> Level { get; } = new("listen",
    [
        Key.Always<ListenConfig, EndPoint>(
            "address", new ListenAddressType(), static l => l.EndPoint, static (l, v) => l with { EndPoint = v }, null,
            "A port, an IPv4 address or an IPv6 address in brackets with or without a port (80 when absent), `*:port`, `localhost:port` (127.0.0.1), or `unix:/path`. Port 0 lets the system choose. The first word.",
            "\"127.0.0.1:8080\"", "nginx `listen`", required: true),
        Key.Always<ListenConfig, bool>(
            "default_server", BooleanType.Instance, static l => l.DefaultServer, static (l, v) => l with { DefaultServer = v }, "false",
            "This server takes the requests that no `server_name` fits. Otherwise the first server of the address does.", "true"),
        Key.Always<ListenConfig, bool>(
            "ssl", BooleanType.Instance, static l => l.Ssl, static (l, v) => l with { Ssl = v }, "false",
            "Every connection is TLS; needs `ssl_certificate` in each server of the address. HTTP without TLS is answered 400.", "true"),
        Key.Always<ListenConfig, int>(
            "backlog", new IntegerType(1, 1 << 20), static l => l.Backlog, static (l, v) => l with { Backlog = v }, "511",
            "How many connections may wait to be accepted.", "4096"),
        Key.Always<ListenConfig, bool>(
            "reuseport", BooleanType.Instance, static l => l.ReusePort, static (l, v) => l with { ReusePort = v }, "false",
            "SO_REUSEPORT: several sockets share the address.", "true"),
        Key.Always<ListenConfig, bool>(
            "proxy_protocol", BooleanType.Instance, static l => l.ProxyProtocol, static (l, v) => l with { ProxyProtocol = v }, "false",
            "Every connection starts with a PROXY protocol header of version 1 or 2.", "true"),
        Key.OptionalRef<ListenConfig, KeepaliveSocketConfig>(
            "so_keepalive", new SocketKeepaliveType(), static l => l.SoKeepalive, static (l, v) => l with { SoKeepalive = v }, null,
            "TCP keepalive of accepted connections; without it the system's setting holds.", "\"30m::10\""),
        Key.Optional<ListenConfig, bool>(
            "ipv6only", BooleanType.Instance, static l => IsIPv6(l) ? l.Ipv6Only : null, static (l, v) => l with { Ipv6Only = v }, "true",
            "Whether an IPv6 wildcard address takes IPv6 connections only.", "false"),
    ])
    {
        Refused = new Dictionary<string, string>
        {
            ["http2"] = "is a key of the server: http2 = true",
            ["http3"] = RefusedDirectives.NotYet,
            ["quic"] = RefusedDirectives.NotYet,
            ["spdy"] = RefusedDirectives.NotYet,
            ["deferred"] = RefusedDirectives.NotYet,
            ["setfib"] = RefusedDirectives.NotYet,
            ["fastopen"] = RefusedDirectives.NotYet,
            ["rcvbuf"] = RefusedDirectives.NotYet,
            ["sndbuf"] = RefusedDirectives.NotYet,
            ["accept_filter"] = RefusedDirectives.NotYet,
            ["multipath"] = RefusedDirectives.NotYet,
            ["bind"] = "is needless here: every address is bound by itself",
            ["default"] = "is called 'default_server'",
        },
        Complete = Check,
    };

    public static PhraseType<ListenConfig> Type { get; } = new(
        Level, static source => new ListenConfig { Source = source, EndPoint = new IPEndPoint(IPAddress.Any, 80) }, ["address"], "an address such as \"80\", \"127.0.0.1:8080 default_server\", \"[::]:80\" or \"unix:/path\"")
    {
        AllowsInteger = true,
    };

    private static bool IsIPv6(ListenConfig listen) => listen.EndPoint.AddressFamily == AddressFamily.InterNetworkV6;

    private static ListenConfig Check(ListenConfig listen, BoundKeys bound, BindContext context)
    {
        if (bound.Has("ipv6only") && !IsIPv6(listen))
        {
            context.Fail(bound.PositionOf("ipv6only"), "'ipv6only' needs an IPv6 address");
        }

        if (listen.EndPoint is UnixDomainSocketEndPoint)
        {
            foreach (var parameter in new[] { "reuseport", "so_keepalive" })
            {
                if (bound.Has(parameter))
                {
                    context.Fail(bound.PositionOf(parameter), $"'{parameter}' cannot be used with a unix socket");
                }
            }
        }

        context.State.ListenParameters[listen] = bound.Names;
        return listen;
    }
}
