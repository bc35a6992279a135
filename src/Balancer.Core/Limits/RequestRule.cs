using Balancer.Http.Variables;

namespace Balancer.Limits;

/// <summary>A <c>limit_req</c>, compiled.</summary>
internal sealed class RequestRule
{
    /// <summary>What is known of the keys.</summary>
    public required RequestZone Zone { get; init; }

    /// <summary>What requests are counted by.</summary>
    public required TextTemplate Key { get; init; }

    /// <summary>How fast requests of one key may come.</summary>
    public required RequestRate Rate { get; init; }

    /// <summary>By how many thousandths of a request a key may be ahead of the rate.</summary>
    public required long Burst { get; init; }

    /// <summary>From how many thousandths on requests have to wait.</summary>
    public required long Delay { get; init; }

    /// <summary>How many requests may come at once.</summary>
    public long Quota => (Burst / RequestRate.One) + 1;
}
