namespace Balancer.Configuration;

/// <summary>The settings about who may use a location; a null was not written at this level.</summary>
public sealed record AccessConfig
{
    /// <summary><c>allow</c>, <c>deny</c> and <c>access</c> in the order of the file. Default: none, everybody may.</summary>
    public IReadOnlyList<AccessRuleConfig>? Rules { get; init; }

    /// <summary><c>satisfy</c>. Default all.</summary>
    public SatisfyMode? Satisfy { get; init; }

    /// <summary>These settings where written, those of <paramref name="outer"/> elsewhere. As in nginx a level with any rule replaces those of the level above.</summary>
    public AccessConfig Over(AccessConfig outer) => new()
    {
        Rules = Rules ?? outer.Rules,
        Satisfy = Satisfy ?? outer.Satisfy,
    };
}
