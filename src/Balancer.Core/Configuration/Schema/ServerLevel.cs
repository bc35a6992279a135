using System.Net;

namespace Balancer.Configuration.Schema;

/// <summary>The keys of <c>[[server]]</c>.</summary>
internal static class ServerLevel
{
    private const int DefaultPort = 80;

    public static ConfigLevel<ServerConfig> Level { get; } = new("[[server]]",
    [
        Key.OptionalRef<ServerConfig, IReadOnlyList<ListenConfig>>(
            "listen", new ListType<ListenConfig>(ListenLevel.Type), static s => s.Listen, static (s, v) => s with { Listen = v }, "\"80\"",
            "The addresses it accepts connections on. Socket options need to be written at one of the servers of an address only.", "[\"80 default_server\", \"[::]:80\"]"),
        Key.OptionalRef<ServerConfig, IReadOnlyList<ConfigText>>(
            "server_name", new ListType<ConfigText>(new ServerNameType(), splits: true), static s => s.ServerNames.Count == 0 ? null : s.ServerNames, static (s, v) => s with { ServerNames = v }, null,
            "The hosts it answers for: exact, `*.example.com`, `.example.com` (both the name and those below), `www.example.*`, `~regex`, `_` (none), `$hostname` (the name of this machine), or empty (requests without a host). Several may stand in one string.",
            "[\"api.example.com\", \"*.api.example.com\"]"),
        Key.OptionalRef<ServerConfig, ReturnConfig>(
            "return", ReturnLevel.Type, static s => s.Return, static (s, v) => s with { Return = v }, null,
            "Answers every request itself, before a location is looked for.", "\"301 https://$host$request_uri\""),
        .. RewriteKeys.Lift<ServerConfig>(static s => s.Rewrite, static (s, v) => s with { Rewrite = v }),
        .. ClientHeadSettings.Lift<ServerConfig>(ClientHeadSettings.Of, static (s, v) => v.In(s)),
        .. TlsKeys.Lift<ServerConfig>(static s => s.Tls, static (s, v) => s with { Tls = v }),
        .. SettingsKeys.Lift<ServerConfig>(static s => s.Settings, static (s, v) => s with { Settings = v }),
        new TablesKey<ServerConfig, LocationConfig>("location", LocationLevel.Level, LocationLevel.Blank, static s => s.Locations, static (s, v) => s with { Locations = v })
        {
            Summary = "What happens to requests by their path; see below.",
            Origin = "nginx `location`",
        },
    ])
    {
        Complete = static (server, bound, context) =>
        {
            RewriteKeys.Check(bound, context);
            return server.Listen.Count > 0 || bound.Saw("listen") ? server : server with { Listen = [new ListenConfig { Source = server.Location, EndPoint = new IPEndPoint(IPAddress.Any, DefaultPort) }] };
        },
    };

    /// <summary>A server without keys.</summary>
    public static ServerConfig Blank(SourceLocation location) => new() { Location = location, Listen = [], ServerNames = [], Settings = new SettingsConfig(), Locations = [] };
}
