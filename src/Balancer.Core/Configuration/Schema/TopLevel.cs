namespace Balancer.Configuration.Schema;

/// <summary>The top level while it is bound: the configuration, and defaults that are handed down to its servers when all files are read.</summary>
/// <param name="Config">The configuration so far.</param>
internal sealed record TopLevel(GatewayConfig Config)
{
    /// <summary>The key that names further files.</summary>
    public const string IncludeKey = "include";

    /// <summary>The type of <c>include</c>.</summary>
    public static ListType<ConfigText> IncludeType { get; } = new(TemplateType.NotEmpty);

    /// <summary>Defaults of the servers.</summary>
    public ClientHeadSettings ClientHead { get; init; } = new();

    /// <summary>Defaults of the servers.</summary>
    public TlsConfig Tls { get; init; } = new();

    public static ConfigLevel<TopLevel> Level { get; } = new(ConfigSchema.TopLevelTitle, Keys())
    {
        Admit = static (key, name, context) =>
        {
            // Includes are followed before a file is bound.
            if (key.Name == IncludeKey)
            {
                return false;
            }

            if (key.Merges || context.State.TryDefine("", key.Name, context.At(name.Position), out var first))
            {
                return true;
            }

            context.Fail(name.Position, $"'{key.Name}' is already set at {first}");
            return false;
        },
    };

    private static LevelKey<TopLevel>[] Keys() =>
    [
        Key.OptionalRef<TopLevel, IReadOnlyList<ConfigText>>(
            IncludeKey, IncludeType, static _ => null, static (t, _) => t, null,
            "Further files, relative to this one; `*`, `?` and `[a-z]` fit several, which are read in the order of their names. They are merged at the top level, before the tables of this file; a name defined twice is an error. A pattern may fit nothing, a plain path may not.",
            "[\"upstreams/*.toml\"]"),
        Key.Always<TopLevel, TimeSpan>(
            "worker_shutdown_timeout", TimeType.FromZero, static t => t.Config.WorkerShutdownTimeout, static (t, v) => t with { Config = t.Config with { WorkerShutdownTimeout = v } }, "\"30s\"",
            "How long running requests may take to finish at stop and at reload. 0 ends them at once.", "\"1m\""),
        Key.Always<TopLevel, ErrorLogConfig>(
            "error_log", ErrorLogParts.Type, static t => t.Config.ErrorLog, static (t, v) => t with { Config = t.Config with { ErrorLog = v } }, "\"stderr info\"",
            "Where events are logged, and from which level on.", "\"/var/log/balancer/error.log warn\""),
        Key.OptionalRef<TopLevel, string>(
            "pid", new TextType("path", "an absolute path", static text => text.StartsWith('/') && !text.EndsWith('/')), static t => t.Config.PidFile, static (t, v) => t with { Config = t.Config with { PidFile = v } }, null,
            "The file that holds the process id, by which `balancerd -s` finds the daemon; its control socket stands beside it. Without it, `balancerd.pid` in the runtime directory of the systemd unit; none outside a unit.", "\"/run/balancer/balancerd.pid\""),
        .. ClientHeadSettings.Lift<TopLevel>(static t => t.ClientHead, static (t, v) => t with { ClientHead = v }),
        .. TlsKeys.Lift<TopLevel>(static t => t.Tls, static (t, v) => t with { Tls = v }),
        .. SettingsKeys.Lift<TopLevel>(static t => t.Config.Settings, static (t, v) => t with { Config = t.Config with { Settings = v } }),
        new LogFormatsKey { Merges = true, Summary = "Formats of the access log by name: texts with variables, which may start with `escape=default`, `escape=json` or `escape=none`. An array of texts is joined. In a format that escapes for JSON and starts with a brace, a variable outside quotes is written as a JSON value: a number, `null` without value, else a string. `combined` and `json` are built in.", Origin = "nginx `log_format`", Example = "main = '$remote_addr \"$request\" $status'" },
        new AdminKey { Summary = "The listener of `/metrics`, `/health/live`, `/health/ready` and `/status`; see below.", Origin = "" },
        Key.Always<TopLevel, string>(
            "otel_service_name", TextType.Line, static t => t.Config.OtelServiceName, static (t, v) => t with { Config = t.Config with { OtelServiceName = v } }, "\"balancerd\"",
            "The name of the gateway in traces (the attribute `service.name` of the resource).", "\"api-gateway\""),
        Key.OptionalRef<TopLevel, IReadOnlyDictionary<string, ConfigText>>(
            "otel_resource_attr", AttributesType.OfResource, static t => t.Config.OtelResourceAttributes, static (t, v) => t with { Config = t.Config with { OtelResourceAttributes = v } }, null,
            "Further attributes of the gateway in traces.", "{ \"deployment.environment.name\" = \"production\" }"),
        new OtelExporterKey { Summary = "The collector that traces are sent to, by OTLP; see below.", Origin = "nginx `otel_exporter`" },
        new NamedTablesKey<TopLevel, MapConfig>(
            "map", MapLevels.Map, static (name, location) => new MapConfig { Name = name, Location = location, Source = new ConfigText("", location) }, static m => m.Name,
            static t => t.Config.Maps, static (t, v) => t with { Config = t.Config with { Maps = v } })
        {
            Merges = true,
            Summary = "A variable of that name whose value depends on a text; see below.",
            Origin = "nginx `map`",
        },
        new NamedTablesKey<TopLevel, GeoConfig>(
            "geo", MapLevels.Geo, static (name, location) => new GeoConfig { Name = name, Location = location }, static g => g.Name,
            static t => t.Config.Geos, static (t, v) => t with { Config = t.Config with { Geos = v } })
        {
            Merges = true,
            Summary = "A variable of that name whose value depends on an address; see below.",
            Origin = "nginx `geo`",
        },
        new NamedTablesKey<TopLevel, SplitClientsConfig>(
            "split_clients", MapLevels.Split, static (name, location) => new SplitClientsConfig { Name = name, Location = location, Source = new ConfigText("", location) }, static s => s.Name,
            static t => t.Config.SplitClients, static (t, v) => t with { Config = t.Config with { SplitClients = v } })
        {
            Merges = true,
            Summary = "A variable of that name that has each of its values for a share of the clients; see below.",
            Origin = "nginx `split_clients`",
        },
        new NamedTablesKey<TopLevel, UpstreamConfig>(
            "upstream", UpstreamLevel.Level, static (name, location) => new UpstreamConfig { Name = name, Location = location, Servers = [] }, static u => u.Name,
            static t => t.Config.Upstreams, static (t, v) => t with { Config = t.Config with { Upstreams = v } })
        {
            Merges = true,
            Summary = "A pool of upstream servers, under the name that `proxy_pass` calls it by; see below.",
            Origin = "nginx `upstream`",
        },
        new LimitZonesKey<TopLevel, LimitReqZoneConfig>(
            new NamedTablesKey<TopLevel, LimitReqZoneConfig>(
                "limit_req_zone", LimitZoneLevels.Requests, LimitZoneLevels.BlankRequests, static z => z.Name,
                static t => t.Config.LimitReqZones, static (t, v) => t with { Config = t.Config with { LimitReqZones = v } }),
            new PhraseType<LimitReqZoneConfig>(LimitZoneLevels.RequestPhrase, static at => LimitZoneLevels.BlankRequests("", at), ["key"], "a phrase such as \"$binary_remote_addr zone=admin:10m rate=50r/m\""),
            static z => z.Name, static t => t.Config.LimitReqZones, static (t, v) => t with { Config = t.Config with { LimitReqZones = v } })
        {
            Merges = true,
            Summary = "What `limit_req` counts requests by, how fast they may come, and the memory for it, under the name that `limit_req` calls it by: tables, see below, or nginx's phrases.",
            Example = "[\"$binary_remote_addr zone=admin:10m rate=50r/m\"]",
            Origin = "nginx `limit_req_zone`",
        },
        new LimitZonesKey<TopLevel, LimitZoneConfig>(
            new NamedTablesKey<TopLevel, LimitZoneConfig>(
                "limit_conn_zone", LimitZoneLevels.Connections, LimitZoneLevels.BlankConnections, static z => z.Name,
                static t => t.Config.LimitConnZones, static (t, v) => t with { Config = t.Config with { LimitConnZones = v } }),
            new PhraseType<LimitZoneConfig>(LimitZoneLevels.ConnectionPhrase, static at => LimitZoneLevels.BlankConnections("", at), ["key"], "a phrase such as \"$binary_remote_addr zone=addr:10m\""),
            static z => z.Name, static t => t.Config.LimitConnZones, static (t, v) => t with { Config = t.Config with { LimitConnZones = v } })
        {
            Merges = true,
            Summary = "What `limit_conn` counts requests by, and the memory for it, under the name that `limit_conn` calls it by: tables, see below, or nginx's phrases.",
            Example = "[\"$binary_remote_addr zone=addr:10m\"]",
            Origin = "nginx `limit_conn_zone`",
        },
        new NamedTablesKey<TopLevel, MatchConfig>(
            "match", MatchLevel.Level, static (name, location) => new MatchConfig { Name = name, Location = location }, static m => m.Name,
            static t => t.Config.Matches, static (t, v) => t with { Config = t.Config with { Matches = v } })
        {
            Merges = true,
            Summary = "What a response to a `health_check` must be like; see below.",
            Origin = "nginx `match`",
        },
        new TablesKey<TopLevel, ServerConfig>(
            "server", ServerLevel.Level, ServerLevel.Blank, static t => t.Config.Servers, static (t, v) => t with { Config = t.Config with { Servers = v } })
        {
            Merges = true,
            Summary = "A virtual server; see below.",
            Origin = "nginx `server`",
        },
        new NamedTablesKey<TopLevel, VrrpInstanceConfig>(
            "vrrp_instance", VrrpInstanceLevel.Level, static (name, location) => new VrrpInstanceConfig { Name = name, Location = location }, static i => i.Name,
            static t => t.Config.VrrpInstances, static (t, v) => t with { Config = t.Config with { VrrpInstances = v } })
        {
            Merges = true,
            Summary = "Addresses that one of several gateways holds, by VRRP; see below.",
            Origin = "keepalived `vrrp_instance`",
        },
        new NamedTablesKey<TopLevel, VrrpScriptConfig>(
            "vrrp_script", VrrpScriptLevel.Level, static (name, location) => new VrrpScriptConfig { Name = name, Location = location }, static s => s.Name,
            static t => t.Config.VrrpScripts, static (t, v) => t with { Config = t.Config with { VrrpScripts = v } })
        {
            Merges = true,
            Summary = "A command whose success `track_script` depends on; see below.",
            Origin = "keepalived `vrrp_script`",
        },
        new NamedTablesKey<TopLevel, VrrpGroupConfig>(
            "vrrp_sync_group", VrrpGroupLevel.Level, static (name, location) => new VrrpGroupConfig { Name = name, Location = location }, static g => g.Name,
            static t => t.Config.VrrpGroups, static (t, v) => t with { Config = t.Config with { VrrpGroups = v } })
        {
            Merges = true,
            Summary = "Instances that are master together; see below.",
            Origin = "keepalived `vrrp_sync_group`",
        },
    ];
}
