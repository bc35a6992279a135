namespace Balancer.Configuration.Schema;

/// <summary>The keys about who may use a location, which are settings.</summary>
internal static class AccessKeys
{
    /// <summary>Those that may stand in <c>limit_except</c> too.</summary>
    public static IReadOnlyList<LevelKey<AccessConfig>> InLimitExcept { get; } =
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
        Key.OptionalRef<AccessConfig, ConfigText>(
            "auth_basic", TemplateType.Any, static a => a.AuthBasic, static (a, v) => a with { AuthBasic = v }, "\"off\"",
            "Asks for user and password of `auth_basic_user_file` (HTTP basic authentication); the text, in which variables may stand, is the realm a browser shows. Who brings none, or wrong ones, gets 401. `\"off\"` asks for none.",
            "\"Staff only\""),
        Key.OptionalRef<AccessConfig, ConfigText>(
            "auth_basic_user_file", new UserFileType(), static a => a.AuthBasicUserFile, static (a, v) => a with { AuthBasicUserFile = v }, null,
            "The users, as `htpasswd` writes them: `name:password` a line. Passwords are in a format of crypt(3) that the system knows (bcrypt `$2y$`, `$5$`, `$6$`, `$y$`), `$apr1$`, `{SHA}`, `{SSHA}` or `{PLAIN}`. Relative to this file. It is read at start and reload, and again when it has changed, which shows within ten seconds: that long a password that was right is not verified again. A file with a fault is refused at start and reload, and changes nothing later.",
            "\"/etc/balancer/users\""),
    ];

    private static IReadOnlyList<LevelKey<AccessConfig>> All { get; } =
    [
        .. InLimitExcept,
        Key.OptionalRef<AccessConfig, string>(
            "auth_request", new AuthPathType(), static a => a.AuthRequest, static (a, v) => a with { AuthRequest = v }, "\"off\"",
            "Asks the location of that path, mostly one that is `internal` and passes to a server of yours, whether a request may be served: it gets the request's head as a GET without body. A 2xx lets it in, 401 (its challenge is passed on) and 403 keep it out, anything else is 500.",
            "\"/auth\""),
        Key.OptionalRef<AccessConfig, IReadOnlyDictionary<string, ConfigText>>(
            "auth_request_set", new VariablesType(), static a => a.AuthRequestSet, static (a, v) => a with { AuthRequestSet = v }, null,
            "Variables that are set from the answer to `auth_request`, whatever it was: their texts are evaluated there, so that `$upstream_http_…` and `$upstream_status` speak of it. A level with any replaces those of the level above.",
            "{ auth_user = \"$upstream_http_x_user\" }"),
        Key.Optional<AccessConfig, TimeSpan>(
            "auth_delay", TimeType.FromZero, static a => a.AuthDelay, static (a, v) => a with { AuthDelay = v }, "0",
            "How long a 401 of `auth_basic` or `auth_request` is held back, so that passwords cannot be tried fast on one connection, nor the time their verification takes be told. As in nginx also that of a request without credentials, which is the first one of every browser.", "\"1s\""),
        Key.Optional<AccessConfig, SatisfyMode>(
            "satisfy", new ChoiceType<SatisfyMode>(("all", SatisfyMode.All), ("any", SatisfyMode.Any)), static a => a.Satisfy, static (a, v) => a with { Satisfy = v }, "\"all\"",
            "Whether every check of a location must let a request in (`allow` and `deny`, `auth_basic`, `auth_request`, in this order), or `any` one is enough.", "\"any\""),
    ];

    /// <summary>The keys for the settings.</summary>
    public static IEnumerable<LevelKey<SettingsConfig>> Lifted { get; } = All.Select(static key =>
        new LiftedKey<SettingsConfig, AccessConfig>(key, static s => s.Access, static (s, v) => s with { Access = v }));

    // All rules are written by 'access', which can say any order.
    private static LevelKey<AccessConfig> Rules(string name, AccessAddressType type, string summary, string example) => Key.OptionalRef<AccessConfig, IReadOnlyList<AccessRuleConfig>>(
        name, new ListType<AccessRuleConfig>(type), static _ => null, static (a, v) => Append(a, v), null, summary, example);

    private static AccessConfig Append(AccessConfig access, IReadOnlyList<AccessRuleConfig> rules) => access with { Rules = [.. access.Rules ?? [], .. rules] };
}
