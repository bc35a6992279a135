namespace Balancer.Configuration.Schema;

/// <summary>The parts of <c>limit_conn</c>.</summary>
internal static class LimitConnLevel
{
    public static ConfigLevel<LimitConnConfig> Level { get; } = new("limit_conn",
    [
        Key.Always<LimitConnConfig, string>(
            "zone", LimitZoneName.Type, static l => l.Zone, static (l, v) => l with { Zone = v }, null,
            "The name of a `limit_conn_zone`. The first word.", "\"addr\"", required: true),
        Key.Always<LimitConnConfig, int>(
            "number", new IntegerType(1, 65535), static l => l.Number, static (l, v) => l with { Number = v }, null,
            "How many requests of one key may be in progress. The second word.", "10", required: true),
    ]);

    public static PhraseType<LimitConnConfig> Type { get; } = new(Level, static source => new LimitConnConfig { Source = source, Zone = "", Number = 0 }, ["zone", "number"], "a phrase such as \"addr 10\"");
}
