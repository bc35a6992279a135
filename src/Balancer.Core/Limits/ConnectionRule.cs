using Balancer.Http.Variables;

namespace Balancer.Limits;

/// <summary>A <c>limit_conn</c>, compiled.</summary>
/// <param name="Zone">What is known of the keys.</param>
/// <param name="Key">What requests are counted by.</param>
/// <param name="Most">How many of one key may be in progress.</param>
internal sealed record ConnectionRule(ConnectionZone Zone, TextTemplate Key, int Most);
