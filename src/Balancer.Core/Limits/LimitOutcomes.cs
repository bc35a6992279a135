using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Limits;

/// <summary>The outcomes as metrics know them.</summary>
internal static class LimitOutcomes
{
    /// <summary>Those that are counted for <c>limit_req</c>, with their labels.</summary>
    public static IReadOnlyList<(LimitOutcome Outcome, string Label)> OfRequests { get; } =
        [.. Enum.GetValues<LimitOutcome>().Where(static o => o != LimitOutcome.None).Select(static o => (o, SnakeCase.Of(o.ToString())))];

    /// <summary>Those that are counted for <c>limit_conn</c>, which delays nothing.</summary>
    public static IReadOnlyList<(LimitOutcome Outcome, string Label)> OfConnections { get; } =
        [.. OfRequests.Where(static o => o.Outcome is not (LimitOutcome.Delayed or LimitOutcome.DelayedDryRun))];

    /// <summary>A counter for each.</summary>
    public static StripedCounter[] Counters() => [.. Enum.GetValues<LimitOutcome>().Select(static _ => new StripedCounter())];
}
