namespace Balancer.Configuration.Schema;

/// <summary>The keys of <c>[[server.location]]</c>.</summary>
internal static class LocationLevel
{
    public static ConfigLevel<LocationConfig> Level { get; } = new("[[server.location]]",
    [
        Key.Always<LocationConfig, LocationText>(
            "path", LocationPathType.Instance,
            static l => new LocationText(l.Path, new Values.LocationPath(l.Match, l.Pattern, 0)),
            static (l, v) => l with { Path = v.Text, Match = v.Path.Match, Pattern = v.Path.Pattern }, null,
            "nginx's location text. The longest prefix is remembered, regular expressions are tried in the order of the file, `= /exact` ends the search and `^~` shuts out the expressions. `@name` is reached by redirects within the gateway only, such as those of `error_page`.",
            "\"/api/v1/\"", "nginx `location`", required: true),
        Key.OptionalRef<LocationConfig, ConfigText>(
            "proxy_pass", PassType.Proxy, static l => l.ProxyPass, static (l, v) => l with { ProxyPass = v }, null,
            "Passes requests to the upstream of that name, or to a host and port. A URI after it replaces the part of the path that matched.", "\"http://admin_backend\""),
        Key.OptionalRef<LocationConfig, ConfigText>(
            "grpc_pass", PassType.Grpc, static l => l.GrpcPass, static (l, v) => l with { GrpcPass = v }, null,
            "Passes gRPC requests to the upstream of that name, or to a host and port: HTTP/2 without TLS (`grpc://`, or no scheme), or with it (`grpcs://`). All the `proxy_…` keys hold for it, where nginx has `grpc_…` ones. When the gateway itself has to answer, a gRPC client gets a `grpc-status`.", "\"grpc://admin_backend\""),
        Key.OptionalRef<LocationConfig, ReturnConfig>(
            "return", ReturnLevel.Type, static l => l.Return, static (l, v) => l with { Return = v }, null,
            "Answers requests itself; wins over `proxy_pass`.", "\"200 ok\""),
        Key.OptionalRef<LocationConfig, string>(
            "root", new TextType("path", "an absolute path", static text => text.StartsWith('/') && Values.FieldSyntax.IndexOfForbidden(text) < 0 && !text.Contains('$', StringComparison.Ordinal)), static l => l.Root, static (l, v) => l with { Root = v }, null,
            "Answers GET and HEAD with the file of that path in this folder, such as what certbot's webroot plugin puts there. Content-Type is `default_type`. What is not there is answered 404, what may not be read 403, other methods 405. Folders have no index, links that lead out of the folder are not followed, and a file is sent whole whatever Range asks for.", "\"/var/www/certbot\""),
        Key.Always<LocationConfig, bool>(
            "internal", BooleanType.Instance, static l => l.Internal, static (l, v) => l with { Internal = v }, "false",
            "Only redirects within the gateway lead here (`error_page`, `rewrite`); a client that asks for the path gets 404. A location of a name is so anyway.", "true"),
        Key.OptionalRef<LocationConfig, HealthCheckConfig>(
            "health_check", HealthCheckType.Instance, static l => l.HealthCheck, static (l, v) => l with { HealthCheck = v }, "false",
            "Asks each server of the pool by itself, with the fields, the TLS and the timeouts of this location, and gives no requests to one that fails until it passes again. `true` asks for `/` every 5 s. Beside it `max_fails` stays in force.",
            "\"uri=/health interval=2s fails=2 passes=2\""),
        Key.Optional<LocationConfig, MonitorPage>(
            "monitor", new ChoiceType<MonitorPage>(("live", MonitorPage.Live), ("ready", MonitorPage.Ready), ("status", MonitorPage.Status)), static l => l.Monitor, static (l, v) => l with { Monitor = v }, null,
            "Answers with what the gateway says of itself, as JSON: `live` while it serves; `ready` while every pool that locations of this virtual server pass to has a server that may be given requests, and 503 otherwise and while it drains; `status` as `ready`, with the time it runs and the state of each of those pools.",
            "\"ready\"", "HAProxy `monitor-uri`"),
        .. RewriteKeys.Lift<LocationConfig>(static l => l.Rewrite, static (l, v) => l with { Rewrite = v }),
        .. SettingsKeys.Lift<LocationConfig>(static l => l.Settings, static (l, v) => l with { Settings = v }),
        new LimitExceptKey { Summary = "Who may use all methods of the location but some; see below.", Origin = "nginx `limit_except`" },
    ])
    {
        Refused = new Dictionary<string, string> { ["location"] = "cannot stand in a location: write all locations beside each other in the server" },
        Complete = static (location, bound, context) =>
        {
            if (!bound.Saw("proxy_pass") && !bound.Saw("grpc_pass") && !bound.Saw("return") && !bound.Saw("root") && !bound.Saw("monitor") && !bound.Saw("rewrite") && !context.HasSyntaxErrors)
            {
                context.Fail(bound.Start, "this location does nothing, expected 'proxy_pass', 'grpc_pass', 'return', 'root', 'monitor' or 'rewrite'");
            }

            RewriteKeys.Check(bound, context);
            string[] actions = ["proxy_pass", "grpc_pass", "root", "monitor"];
            if (actions.Where(bound.Has).ToArray() is [var first, var second, ..])
            {
                context.Fail(bound.PositionOf(second), $"'{second}' cannot stand beside '{first}'");
            }

            if (bound.Has("grpc_pass"))
            {
                // As in nginx, which has no such keys for it: what a call says is between client and server.
                foreach (var name in ProxyRequestKeys.Names.Where(bound.Has))
                {
                    context.Fail(bound.PositionOf(name), $"'{name}' cannot stand beside 'grpc_pass'");
                }
            }

            return location;
        },
    };

    /// <summary>A location without keys.</summary>
    public static LocationConfig Blank(SourceLocation location) =>
        new() { Location = location, Path = new ConfigText("", location), Match = LocationMatch.Prefix, Pattern = "", Settings = new SettingsConfig() };
}
