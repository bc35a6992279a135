namespace Balancer.Configuration.Schema;

/// <summary>The keys about who may use a location, which are settings.</summary>
internal static class AccessKeys
{
    private static IReadOnlyList<LevelKey<AccessConfig>> All { get; } =
    [
        Rules(
            "allow", new AccessAddressType(allows: true),
            "Lets clients in by their address: an address, a network, `unix:` for every client on a unix socket, or `all`. Rules of `allow`, `deny` and `access` are tried in the order in which they stand in the file; the first that fits decides, and a client that none fits is let in, so a `deny = \"all\"` mostly stands last. Who is kept out gets 403. The address is the client's (`$remote_addr`, see `set_real_ip_from`). A level with any rule replaces all of the level above. As in nginx `return` and redirects are answered before.",
            "[\"10.0.0.0/8\", \"2001:db8::/32\"]"),
        Rules(
            "deny", new AccessAddressType(allows: false),
            "Keeps clients out by their address; see `allow`.",
            "\"all\""),
        Key.OptionalRef<AccessConfig, IReadOnlyList<AccessRuleConfig>>(
            "access", new ListType<AccessRuleConfig>(new AccessRuleType()), static a => a.Rules, static (a, v) => Append(a, v), null,
            "Rules of `allow` and `deny` in one list, for orders that two keys cannot have, such as an address kept out of a network that is let in.",
            "[\"deny 10.0.0.13\", \"allow 10.0.0.0/8\", \"deny all\"]", "nginx `allow` and `deny`"),
        Key.Optional<AccessConfig, SatisfyMode>(
            "satisfy", new ChoiceType<SatisfyMode>(("all", SatisfyMode.All), ("any", SatisfyMode.Any)), static a => a.Satisfy, static (a, v) => a with { Satisfy = v }, "\"all\"",
            "Whether every check of a location must let a request in, or `any` one is enough.", "\"any\""),
    ];

    /// <summary>The keys for the settings.</summary>
    public static IEnumerable<LevelKey<SettingsConfig>> Lifted { get; } = All.Select(static key =>
        new LiftedKey<SettingsConfig, AccessConfig>(key, static s => s.Access, static (s, v) => s with { Access = v }));

    // All rules are written by 'access', which can say any order.
    private static LevelKey<AccessConfig> Rules(string name, AccessAddressType type, string summary, string example) => Key.OptionalRef<AccessConfig, IReadOnlyList<AccessRuleConfig>>(
        name, new ListType<AccessRuleConfig>(type), static _ => null, static (a, v) => Append(a, v), null, summary, example);

    private static AccessConfig Append(AccessConfig access, IReadOnlyList<AccessRuleConfig> rules) => access with { Rules = [.. access.Rules ?? [], .. rules] };
}
