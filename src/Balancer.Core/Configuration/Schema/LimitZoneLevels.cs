namespace Balancer.Configuration.Schema;

/// <summary>The keys of <c>[limit_req_zone.NAME]</c> and <c>[limit_conn_zone.NAME]</c>, and the parts of nginx's phrases for them.</summary>
internal static class LimitZoneLevels
{
    private const string KeySummary = "What requests are counted by, a text with variables. Those for which it is empty are not counted.";
    private const string SizeSummary = "Memory for the keys, 48 bytes for one of up to 16 bytes (an address, say) and 4 for finding it: about 200,000 addresses in 10m. Kept over reloads as long as `key` and `size` stay as they are.";
    private const string PhraseKeySummary = "What requests are counted by. The first word.";
    private const string PhraseZoneSummary = "The name, and the memory for the keys.";
    private const string PhraseRateSummary = "How many requests of one key are let through in which time.";
    private const string KeyExample = "\"$binary_remote_addr\"";

    private static readonly SizeType Size = new(32 * 1024, 4L << 30);
    private static readonly NamedSizeType NamedSize = new(Size);

    public static ConfigLevel<LimitReqZoneConfig> Requests { get; } = new("[limit_req_zone.NAME]",
    [
        Key.Always<LimitReqZoneConfig, ConfigText>(
            "key", TemplateType.NotEmpty, static z => z.Key, static (z, v) => z with { Key = v }, null, KeySummary, KeyExample, "nginx `limit_req_zone` and `limit_conn_zone`", required: true),
        Key.Always<LimitReqZoneConfig, long>(
            "size", Size, static z => z.Size, static (z, v) => z with { Size = v }, null, SizeSummary, "\"10m\"", "nginx `limit_req_zone` and `limit_conn_zone`", required: true),
        Key.Always<LimitReqZoneConfig, RequestRateConfig>(
            "rate", RequestRateType.Instance, static z => z.Rate, static (z, v) => z with { Rate = v }, null,
            "How many requests of one key are let through in which time: nginx's `r/s` and `r/m`, and beyond nginx `r/h`, `r/d` and any time from 1 s to 30 days, such as `100r/15m`. They are spread evenly: `50r/m` is one every 1.2 s, and `burst` of `limit_req` says how many may come before their time. As in nginx `r/m` is rounded down to a thousandth of a request a second.",
            "\"50r/m\"", "nginx `limit_req_zone`", required: true),
    ]);

    public static ConfigLevel<LimitZoneConfig> Connections { get; } = new("[limit_conn_zone.NAME]",
    [
        Key.Always<LimitZoneConfig, ConfigText>(
            "key", TemplateType.NotEmpty, static z => z.Key, static (z, v) => z with { Key = v }, null, KeySummary, KeyExample, "nginx `limit_req_zone` and `limit_conn_zone`", required: true),
        Key.Always<LimitZoneConfig, long>(
            "size", Size, static z => z.Size, static (z, v) => z with { Size = v }, null, SizeSummary, "\"10m\"", "nginx `limit_req_zone` and `limit_conn_zone`", required: true),
    ]);

    public static ConfigLevel<LimitReqZoneConfig> RequestPhrase { get; } = new("limit_req_zone",
    [
        Key.Always<LimitReqZoneConfig, ConfigText>(
            "key", TemplateType.NotEmpty, static z => z.Key, static (z, v) => z with { Key = v }, null, PhraseKeySummary, KeyExample, required: true),
        Key.Always<LimitReqZoneConfig, (string Name, long Size)>(
            "zone", NamedSize, static z => (z.Name, z.Size), static (z, v) => z with { Name = v.Name, Size = v.Size }, null, PhraseZoneSummary, "admin:10m", required: true),
        Key.Always<LimitReqZoneConfig, RequestRateConfig>(
            "rate", RequestRateType.Instance, static z => z.Rate, static (z, v) => z with { Rate = v }, null, PhraseRateSummary, "50r/m", required: true),
    ]);

    public static ConfigLevel<LimitZoneConfig> ConnectionPhrase { get; } = new("limit_conn_zone",
    [
        Key.Always<LimitZoneConfig, ConfigText>(
            "key", TemplateType.NotEmpty, static z => z.Key, static (z, v) => z with { Key = v }, null, PhraseKeySummary, KeyExample, required: true),
        Key.Always<LimitZoneConfig, (string Name, long Size)>(
            "zone", NamedSize, static z => (z.Name, z.Size), static (z, v) => z with { Name = v.Name, Size = v.Size }, null, PhraseZoneSummary, "addr:10m", required: true),
    ]);

    /// <summary>A zone without keys.</summary>
    public static LimitReqZoneConfig BlankRequests(string name, SourceLocation location) => new() { Name = name, Location = location, Key = new ConfigText("", location), Size = 0, Rate = default };

    /// <inheritdoc cref="BlankRequests"/>
    public static LimitZoneConfig BlankConnections(string name, SourceLocation location) => new() { Name = name, Location = location, Key = new ConfigText("", location), Size = 0 };
}
