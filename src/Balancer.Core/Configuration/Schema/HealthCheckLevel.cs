using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The parts of <c>health_check</c>.</summary>
internal static class HealthCheckLevel
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static ConfigLevel<HealthCheckConfig> Level { get; } = new("health_check",
    [
        Key.Always<HealthCheckConfig, TimeSpan>(
            "interval", new TimeType(TimeSpan.FromMilliseconds(10), Longest), static h => h.Interval, static (h, v) => h with { Interval = v }, "\"5s\"",
            "Time between two checks of a server.", "\"2s\""),
        Key.Always<HealthCheckConfig, TimeSpan>(
            "jitter", new TimeType(TimeSpan.Zero, Longest), static h => h.Jitter, static (h, v) => h with { Jitter = v }, "0",
            "Each check is put off by a random time of up to this, so that gateways and servers do not fall into step.", "\"500ms\""),
        Key.Always<HealthCheckConfig, int>(
            "fails", new IntegerType(1, 1000), static h => h.Fails, static (h, v) => h with { Fails = v }, "1",
            "Failed checks in a row until a server gets no more requests.", "3"),
        Key.Always<HealthCheckConfig, int>(
            "passes", new IntegerType(1, 1000), static h => h.Passes, static (h, v) => h with { Passes = v }, "1",
            "Passed checks in a row until it gets requests again, with its `slow_start`.", "2"),
        Key.Always<HealthCheckConfig, string>(
            "uri", new TextType("URI", "a path that starts with '/', in visible ASCII characters", IsUri), static h => h.Uri, static (h, v) => h with { Uri = v }, "\"/\"",
            "What is asked for.", "\"/health\""),
        Key.Optional<HealthCheckConfig, int>(
            "port", new IntegerType(1, 65535), static h => h.Port, static (h, v) => h with { Port = v }, null,
            "Port that is asked instead of the server's own.", "8081"),
        Key.OptionalRef<HealthCheckConfig, ConfigText>(
            "match", TemplateType.NotEmpty, static h => h.Match, static (h, v) => h with { Match = v }, null,
            "The `[match.NAME]` a response must fit. Without it a status from 200 to 399.", "\"alive\""),
        Key.Always<HealthCheckConfig, bool>(
            "mandatory", BooleanType.Instance, static h => h.Mandatory, static (h, v) => h with { Mandatory = v }, "false",
            "A server that is new gets requests only when it has passed. Without it, until it has failed.", "true"),
        Key.Always<HealthCheckConfig, bool>(
            "persistent", BooleanType.Instance, static _ => false, static (h, _) => h, "false",
            "What is always done: what was found out about a server outlives reloads.", "true"),
        Key.Always<HealthCheckConfig, bool>(
            "type", new ChoiceType<bool>(("http", false), ("grpc", true)), static h => h.IsGrpc, static (h, v) => h with { IsGrpc = v }, "\"http\"",
            "`grpc` asks by gRPC's health checking protocol (`grpc.health.v1.Health/Check`), for locations with `grpc_pass`: a server that answers `SERVING` has passed.", "\"grpc\""),
        Key.Always<HealthCheckConfig, string>(
            "grpc_service", TextType.Line, static h => h.GrpcService, static (h, v) => h with { GrpcService = v }, "\"\"",
            "The gRPC service that is asked for. Without it the server as a whole.", "\"orders.v1.Orders\""),
    ])
    {
        Refused = new Dictionary<string, string>
        {
            ["keepalive_time"] = "is not supported: each check makes a connection of its own, so that it sees whether a server accepts any",
            ["grpc_status"] = "is not supported: a gRPC server has passed when it answers SERVING",
            ["udp"] = "is not supported: it is for datagrams",
        },
    };

    public static PhraseType<HealthCheckConfig> Phrase { get; } = new(Level, static location => new HealthCheckConfig { Location = location }, [], "true, or a phrase such as \"uri=/health interval=5s fails=3 passes=2\"");

    private static bool IsUri(string text) => text.StartsWith('/') && !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.Contains('#', StringComparison.Ordinal);
}
