namespace Balancer.Configuration.Schema;

/// <summary>The <c>limit_req</c> and <c>limit_conn</c> keys, which are settings.</summary>
internal static class LimitsKeys
{
    private static readonly IntegerType Status = new(400, 599);
    private static readonly ChoiceType<ErrorLogLevel> LogLevel = new(("info", ErrorLogLevel.Info), ("notice", ErrorLogLevel.Notice), ("warn", ErrorLogLevel.Warn), ("error", ErrorLogLevel.Error));

    private static IReadOnlyList<LevelKey<LimitsConfig>> All { get; } =
    [
        Key.OptionalRef<LimitsConfig, IReadOnlyList<LimitReqConfig>>(
            "limit_req", new ListOrOffType<LimitReqConfig>(LimitReqLevel.Type), static l => l.Requests, static (l, v) => l with { Requests = v }, "\"off\"",
            "Limits how often requests may come, by the key of a zone; with the parameters below. Of several limits each may refuse a request, and the longest delay holds. A refused request does not count. A level that has any replaces those of the level above; `\"off\"` (not in nginx) has none.",
            "\"zone=admin burst=20 nodelay\""),
        Key.Optional<LimitsConfig, int>(
            "limit_req_status", Status, static l => l.RequestStatus, static (l, v) => l with { RequestStatus = v }, "503",
            "The status of requests refused by `limit_req`, 400 to 599. 444 closes the connection without an answer.", "429"),
        Key.Optional<LimitsConfig, ErrorLogLevel>(
            "limit_req_log_level", LogLevel, static l => l.RequestLogLevel, static (l, v) => l with { RequestLogLevel = v }, "\"error\"",
            "The level at which refused requests are logged: info, notice, warn or error. Delayed ones are logged one level lower.", "\"warn\""),
        Key.Optional<LimitsConfig, bool>(
            "limit_req_dry_run", BooleanType.Instance, static l => l.RequestDryRun, static (l, v) => l with { RequestDryRun = v }, "false",
            "Whether requests are only counted and logged, and neither refused nor delayed.", "true"),
        Key.Optional<LimitsConfig, LimitFields>(
            "limit_req_headers", new ChoiceType<LimitFields>(("refused", LimitFields.Refused), ("always", LimitFields.Always), ("off", LimitFields.Off)), static l => l.RequestFields, static (l, v) => l with { RequestFields = v }, "\"refused\"",
            "Which responses tell the client about `limit_req`: `refused` ones, `always` all that were counted, or `off`. `Retry-After` says in how many seconds the next request would pass (refused ones only), `RateLimit-Limit` how many may come at once (`burst` and one), `RateLimit-Remaining` how many of these are left, `RateLimit-Reset` in how many seconds all of them are: the fields of draft-ietf-httpapi-ratelimit-headers up to version 05.",
            "\"always\"", "not in nginx"),
        Key.OptionalRef<LimitsConfig, IReadOnlyList<LimitConnConfig>>(
            "limit_conn", new ListOrOffType<LimitConnConfig>(LimitConnLevel.Type), static l => l.Connections, static (l, v) => l with { Connections = v }, "\"off\"",
            "Limits how many requests may be in progress at the same time, by the key of a zone. A request counts from the end of its head to the end of its response, each stream of an HTTP/2 connection for itself, and a tunnel as long as it lasts. A level that has any replaces those of the level above; `\"off\"` (not in nginx) has none.",
            "\"addr 10\""),
        Key.Optional<LimitsConfig, int>(
            "limit_conn_status", Status, static l => l.ConnectionStatus, static (l, v) => l with { ConnectionStatus = v }, "503",
            "The status of requests refused by `limit_conn`, 400 to 599. 444 closes the connection without an answer.", "429"),
        Key.Optional<LimitsConfig, ErrorLogLevel>(
            "limit_conn_log_level", LogLevel, static l => l.ConnectionLogLevel, static (l, v) => l with { ConnectionLogLevel = v }, "\"error\"",
            "The level at which requests refused by `limit_conn` are logged: info, notice, warn or error.", "\"warn\""),
        Key.Optional<LimitsConfig, bool>(
            "limit_conn_dry_run", BooleanType.Instance, static l => l.ConnectionDryRun, static (l, v) => l with { ConnectionDryRun = v }, "false",
            "Whether requests are only counted and logged, and not refused.", "true"),
        Key.Optional<LimitsConfig, LimitFields>(
            "limit_conn_headers", new ChoiceType<LimitFields>(("refused", LimitFields.Refused), ("off", LimitFields.Off)), static l => l.ConnectionFields, static (l, v) => l with { ConnectionFields = v }, "\"refused\"",
            "Whether requests refused by `limit_conn` get `Retry-After: 1`, or `off`. A place is free as soon as a request in progress ends, which nobody knows beforehand: a second is the least the field can say. There is no `RateLimit-Limit` and the like, which speak of requests in a time.",
            "\"off\"", "not in nginx"),
    ];

    /// <summary>The keys for the settings.</summary>
    public static IEnumerable<LevelKey<SettingsConfig>> Lifted { get; } = All.Select(static key =>
        new LiftedKey<SettingsConfig, LimitsConfig>(key, static s => s.Limits, static (s, v) => s with { Limits = v }));
}
