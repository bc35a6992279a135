namespace Balancer.Configuration;

/// <summary>What a server does with its requests before it looks for their location, or a location before anything else. Not inherited, as in nginx.</summary>
public sealed record RewriteConfig
{
    /// <summary><c>set</c>, in the order written; before <see cref="Rules"/>.</summary>
    public IReadOnlyList<SetConfig>? Set { get; init; }

    /// <summary><c>rewrite</c>, in the order written.</summary>
    public IReadOnlyList<RewriteRuleConfig>? Rules { get; init; }

    /// <summary><c>break</c>: whether the request stays in its location whatever <see cref="Rules"/> made of it. Default false.</summary>
    public bool Break { get; init; }

    /// <summary>Whether there is anything to do.</summary>
    public bool IsEmpty => this is { Set: null or [], Rules: null or [], Break: false };
}
