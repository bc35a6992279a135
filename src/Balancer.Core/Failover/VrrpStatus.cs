namespace Balancer.Failover;

/// <summary>What a virtual router is, for people and metrics.</summary>
/// <param name="Name">The instance.</param>
/// <param name="Interface">Its network interface.</param>
/// <param name="RouterId">The id of the virtual router.</param>
/// <param name="State">Its state.</param>
/// <param name="Priority">The priority advertised now.</param>
/// <param name="Addresses">Its addresses.</param>
/// <param name="Since">When it came to this state.</param>
/// <param name="Reason">Why.</param>
/// <param name="Fault">What is wrong; null when nothing.</param>
internal sealed record VrrpStatus(
    string Name, string Interface, int RouterId, VrrpState State, int Priority, IReadOnlyList<string> Addresses, DateTimeOffset Since, VrrpReason Reason, string? Fault);
