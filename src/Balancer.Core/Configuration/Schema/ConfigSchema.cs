namespace Balancer.Configuration.Schema;

/// <summary>All levels of the configuration: what the documentation and the messages speak of, from the tables that the binder reads by.</summary>
internal static class ConfigSchema
{
    /// <summary>The title of the outermost level.</summary>
    public const string TopLevelTitle = "the top level";

    /// <summary>The levels that are tables in a file, outermost first.</summary>
    public static IReadOnlyList<SchemaLevel> Sections { get; } = [TopLevel.Level, AdminKey.Level, OtelExporterKey.Level, MapLevels.Map, MapLevels.Geo, MapLevels.Split, UpstreamLevel.Level, MatchLevel.Level, LimitZoneLevels.Requests, LimitZoneLevels.Connections, ServerLevel.Level, LocationLevel.Level, LimitExceptKey.Level, VrrpInstanceLevel.Level, VrrpScriptLevel.Level, VrrpGroupLevel.Level];

    /// <summary>The parts of values that nginx writes as a line.</summary>
    public static IReadOnlyList<SchemaLevel> Phrases { get; } =
    [
        UpstreamServerLevel.Level, BalancingLevels.Hash, BalancingLevels.Random, BalancingLevels.LeastTime, QueueLevel.Level, StickyLevel.Level, ListenLevel.Level, LocationPathType.Level, ReturnLevel.Level,
        AccessLogLevel.Level, ErrorLogParts.Level, ClientHeadSettings.HeaderBuffers, ZonePhrase.Level,
        ErrorPageType.Level, CorsType.Level, RewriteRuleLevel.Level, HealthCheckLevel.Level,
        LimitZoneLevels.RequestPhrase, LimitZoneLevels.ConnectionPhrase, LimitReqLevel.Level, LimitConnLevel.Level,
    ];

    /// <summary>The title of the tables that stand in another table under a name, such as <c>[[server.location]]</c> for <c>location</c>; null when there are none.</summary>
    public static string? TitleOfTables(string name) => Sections.FirstOrDefault(l => l.Title.EndsWith($".{name}]]", StringComparison.Ordinal))?.Title;

    /// <summary>The titles of the sections a key may stand in, joined by "or"; empty when there is none.</summary>
    public static string LevelsWith(string name) => string.Join(" or ", Sections.Where(l => l.Keys.Any(k => k.Name == name)).Select(static l => l.Title));
}
