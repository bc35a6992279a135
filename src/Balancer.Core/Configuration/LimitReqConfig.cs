namespace Balancer.Configuration;

/// <summary>One <c>limit_req</c>: a zone, and how far its rate may be exceeded.</summary>
public sealed record LimitReqConfig
{
    /// <summary>Where the phrase starts.</summary>
    public required SourceLocation Source { get; init; }

    /// <summary><c>zone</c>: the name of a <see cref="LimitReqZoneConfig"/>.</summary>
    public required string Zone { get; init; }

    /// <summary><c>burst</c>: requests beyond the rate that are not refused, 0 to 1,000,000. Default 0.</summary>
    public int Burst { get; init; }

    /// <summary><c>delay</c>: of these, how many are not delayed. Default 0.</summary>
    public int Delay { get; init; }

    /// <summary><c>nodelay</c>: none is delayed. Default false.</summary>
    public bool NoDelay { get; init; }
}
