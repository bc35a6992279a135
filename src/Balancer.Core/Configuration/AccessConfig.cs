namespace Balancer.Configuration;

/// <summary>The settings about who may use a location; a null was not written at this level.</summary>
public sealed record AccessConfig
{
    /// <summary><c>allow</c>, <c>deny</c> and <c>access</c> in the order of the file. Default: none, everybody may.</summary>
    public IReadOnlyList<AccessRuleConfig>? Rules { get; init; }

    /// <summary><c>satisfy</c>. Default all.</summary>
    public SatisfyMode? Satisfy { get; init; }

    /// <summary><c>auth_basic</c>: the realm, with variables; <c>off</c> asks for no password. Default off.</summary>
    public ConfigText? AuthBasic { get; init; }

    /// <summary><c>auth_basic_user_file</c>: the whole path of a file as htpasswd writes it.</summary>
    public ConfigText? AuthBasicUserFile { get; init; }

    /// <summary><c>auth_request</c>: the path whose location is asked; empty for <c>off</c>. Default off.</summary>
    public string? AuthRequest { get; init; }

    /// <summary><c>auth_request_set</c>: texts by variable, without its dollar sign. As in nginx a level with any replaces those of the level above.</summary>
    public IReadOnlyDictionary<string, ConfigText>? AuthRequestSet { get; init; }

    /// <summary><c>auth_delay</c>: how long a 401 is held back. Default zero.</summary>
    public TimeSpan? AuthDelay { get; init; }

    /// <summary>These settings where written, those of <paramref name="outer"/> elsewhere. As in nginx a level with any rule replaces those of the level above.</summary>
    public AccessConfig Over(AccessConfig outer) => new()
    {
        Rules = Rules ?? outer.Rules,
        Satisfy = Satisfy ?? outer.Satisfy,
        AuthBasic = AuthBasic ?? outer.AuthBasic,
        AuthBasicUserFile = AuthBasicUserFile ?? outer.AuthBasicUserFile,
        AuthDelay = AuthDelay ?? outer.AuthDelay,
        AuthRequest = AuthRequest ?? outer.AuthRequest,
        AuthRequestSet = AuthRequestSet ?? outer.AuthRequestSet,
    };
}
