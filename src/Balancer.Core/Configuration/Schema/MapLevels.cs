namespace Balancer.Configuration.Schema;

/// <summary>The keys of <c>[map.NAME]</c>, <c>[geo.NAME]</c> and <c>[split_clients.NAME]</c>, which define variables.</summary>
internal static class MapLevels
{
    private const string Include = "is not supported: write the whole table into a file of its own and name that with 'include' at the top level";
    private const string OwnKey = "is a key beside 'values'";

    private static readonly Dictionary<string, string> s_inMap = new()
    {
        ["default"] = $"{OwnKey}; for that very text write '\\default'",
        ["hostnames"] = $"{OwnKey}; for that very text write '\\hostnames'",
        ["include"] = $"{Include}; for that very text write '\\include'",
        ["volatile"] = "is needless here: the value is always that of the moment; for that very text write '\\volatile'",
    };

    private static readonly Dictionary<string, string> s_inGeo = new()
    {
        ["default"] = OwnKey,
        ["ranges"] = "is needless here: ranges may stand beside networks",
        ["include"] = Include,
        ["delete"] = "is not supported: leave the network out",
        ["proxy"] = "is not supported: 'set_real_ip_from' tells the client's address for the whole gateway",
        ["proxy_recursive"] = "is not supported: 'real_ip_recursive' does it for the whole gateway",
    };

    public static ConfigLevel<MapConfig> Map { get; } = new("[map.NAME]",
    [
        Key.Always<MapConfig, ConfigText>(
            "source", TemplateType.NotEmpty, static m => m.Source, static (m, v) => m with { Source = v }, null,
            "The text that is looked up, with variables.", "\"$http_x_tenant\"", "nginx, the first parameter", required: true),
        Key.OptionalRef<MapConfig, ConfigText>(
            "default", TemplateType.Any, static m => m.Default, static (m, v) => m with { Default = v }, "\"\"",
            "The value when nothing fits; it may hold variables.", "\"other\"", "nginx, a parameter of `map`"),
        Key.Always<MapConfig, bool>(
            "hostnames", BooleanType.Instance, static m => m.Hostnames, static (m, v) => m with { Hostnames = v }, "false",
            "Whether the text is a host name, so that `*.example.com`, `.example.com` (both the name and those below) and `www.example.*` fit as in `server_name`.", "true", "nginx, a parameter of `map`"),
        Key.Always<MapConfig, IReadOnlyList<MapEntryConfig>>(
            "values", new MapValuesType("texts", s_inMap), static m => m.Values, static (m, v) => m with { Values = v }, null,
            "Texts and the values they give; case does not matter. `~` in front makes a regular expression and `~*` one that ignores case; they are tried in the order of the file when no text fits, and their captures may stand in the value. A value may hold variables. A text that begins with `~` or is a word of nginx's `map` gets a backslash in front. Instead of a table there may be lines as in nginx, in an array.",
            "{ acme = \"pool_a\", '~^beta-(.+)$' = \"beta_$1\" }", "nginx, the block of `map`", required: true),
    ])
    {
        Refused = new Dictionary<string, string> { ["volatile"] = "is needless here: the value is always that of the moment", ["include"] = Include },
    };

    public static ConfigLevel<GeoConfig> Geo { get; } = new("[geo.NAME]",
    [
        Key.OptionalRef<GeoConfig, ConfigText>(
            "address", TemplateType.NotEmpty, static g => g.Address, static (g, v) => g with { Address = v }, "\"$remote_addr\"",
            "The text the address is read from; one that is no address counts as 255.255.255.255.", "\"$arg_remote_addr\"", "nginx, the first parameter"),
        Key.OptionalRef<GeoConfig, ConfigText>(
            "default", TemplateType.Any, static g => g.Default, static (g, v) => g with { Default = v }, "\"\"",
            "The value when no network holds the address.", "\"outside\"", "nginx, a parameter of `geo`"),
        Key.Always<GeoConfig, IReadOnlyList<MapEntryConfig>>(
            "values", new MapValuesType("networks", s_inGeo), static g => g.Values, static (g, v) => g with { Values = v }, null,
            "Addresses, networks and ranges (`10.0.0.1-10.0.0.9`), and the values they give; of several that hold an address the smallest decides. Values are texts without variables.",
            "{ \"10.0.0.0/8\" = \"inside\", \"2001:db8::/32\" = \"inside\" }", "nginx, the block of `geo`", required: true),
    ])
    {
        Refused = s_inGeo.Where(static pair => pair.Key != "default").ToDictionary(),
    };

    public static ConfigLevel<SplitClientsConfig> Split { get; } = new("[split_clients.NAME]",
    [
        Key.Always<SplitClientsConfig, ConfigText>(
            "source", TemplateType.NotEmpty, static s => s.Source, static (s, v) => s with { Source = v }, null,
            "The text whose hash (MurmurHash2, as in nginx) chooses the value.", "\"${remote_addr}test\"", "nginx, the first parameter", required: true),
        Key.Always<SplitClientsConfig, IReadOnlyList<MapEntryConfig>>(
            "values", new MapValuesType("shares", new Dictionary<string, string>(), mayRepeat: true), static s => s.Values, static (s, v) => s with { Values = v }, null,
            "Shares of the texts, such as `0.5%`, and the values they give; `*` in the end is all the rest. Where two have the same share write lines as in nginx, in an array: `[\"50% a\", \"50% b\"]`. Values are texts without variables.",
            "{ \"10%\" = \"new\", \"*\" = \"old\" }", "nginx, the block of `split_clients`", required: true),
    ]);
}
