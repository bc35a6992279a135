namespace Balancer.Configuration;

/// <summary>The whole configuration as the user wrote it: the top level, which is nginx's <c>http</c> block.</summary>
public sealed record GatewayConfig
{
    /// <summary>The file the configuration was read from.</summary>
    public required string File { get; init; }

    /// <summary>Settings at the top level: the defaults of every virtual server.</summary>
    public required SettingsConfig Settings { get; init; }

    /// <summary>How long running requests may take to finish at stop and at reload (<c>worker_shutdown_timeout</c>). Default 30 s.</summary>
    public TimeSpan WorkerShutdownTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>error_log</c>: destination (<c>stderr</c> or a path) and least level.</summary>
    public ErrorLogConfig ErrorLog { get; init; } = new();

    /// <summary><c>pid</c>: path of the pid file; null leaves it to the unit's runtime directory.</summary>
    public string? PidFile { get; init; }

    /// <summary><c>[admin] listen</c>: the listener of metrics, probes and status; null has none.</summary>
    public ListenConfig? AdminListen { get; init; }

    /// <summary><c>[otel_exporter]</c>; null without.</summary>
    public OtelExporterConfig? OtelExporter { get; init; }

    /// <summary><c>otel_service_name</c>: by which traces name the gateway (<c>service.name</c>). Default <c>balancerd</c>.</summary>
    public string OtelServiceName { get; init; } = "balancerd";

    /// <summary><c>otel_resource_attr</c>: what else traces say of the gateway.</summary>
    public IReadOnlyDictionary<string, ConfigText>? OtelResourceAttributes { get; init; }

    /// <summary><c>[log_format]</c> by name, beside the built-in <c>combined</c> and <c>json</c>.</summary>
    public required IReadOnlyDictionary<string, ConfigText> LogFormats { get; init; }

    /// <summary><c>[map.NAME]</c> in the order of the file.</summary>
    public IReadOnlyList<MapConfig> Maps { get; init; } = [];

    /// <summary><c>[geo.NAME]</c> in the order of the file.</summary>
    public IReadOnlyList<GeoConfig> Geos { get; init; } = [];

    /// <summary><c>[split_clients.NAME]</c> in the order of the file.</summary>
    public IReadOnlyList<SplitClientsConfig> SplitClients { get; init; } = [];

    /// <summary><c>[upstream.NAME]</c> in the order of the file.</summary>
    public required IReadOnlyList<UpstreamConfig> Upstreams { get; init; }

    /// <summary><c>[limit_req_zone.NAME]</c> in the order of the file.</summary>
    public IReadOnlyList<LimitReqZoneConfig> LimitReqZones { get; init; } = [];

    /// <summary><c>[limit_conn_zone.NAME]</c> in the order of the file.</summary>
    public IReadOnlyList<LimitZoneConfig> LimitConnZones { get; init; } = [];

    /// <summary><c>[match.NAME]</c> in the order of the file.</summary>
    public IReadOnlyList<MatchConfig> Matches { get; init; } = [];

    /// <summary><c>[[server]]</c> in the order of the file.</summary>
    public required IReadOnlyList<ServerConfig> Servers { get; init; }

    /// <summary><c>[vrrp_instance.NAME]</c> in the order of the file.</summary>
    public IReadOnlyList<VrrpInstanceConfig> VrrpInstances { get; init; } = [];

    /// <summary><c>[vrrp_script.NAME]</c> in the order of the file.</summary>
    public IReadOnlyList<VrrpScriptConfig> VrrpScripts { get; init; } = [];

    /// <summary><c>[vrrp_sync_group.NAME]</c> in the order of the file.</summary>
    public IReadOnlyList<VrrpGroupConfig> VrrpGroups { get; init; } = [];
}
