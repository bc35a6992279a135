using Balancer.Http;

namespace Balancer.Limits;

/// <summary>What <c>limit_req</c> says to a request.</summary>
/// <param name="Outcome">Whether it may go on: none when no limit has a key of it, else passed, delayed or rejected.</param>
/// <param name="Rule">The limit that decided: the one that refuses, the one that delays longest, or the one with the fewest requests left.</param>
/// <param name="Excess">By how many thousandths of a request the key is ahead of that limit's rate; a negative number when the zone cannot hold the key.</param>
/// <param name="Delay">How many milliseconds the request has to wait.</param>
internal readonly record struct RequestDecision(LimitOutcome Outcome, RequestRule? Rule, long Excess, long Delay = 0)
{
    /// <summary>Whether the zone cannot hold the key, so that the request is refused.</summary>
    public bool IsZoneTooSmall => Excess < 0;
}
