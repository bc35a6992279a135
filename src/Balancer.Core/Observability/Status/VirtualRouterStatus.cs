namespace Balancer.Observability.Status;

/// <summary>A virtual router.</summary>
/// <param name="Name">Its instance.</param>
/// <param name="Interface">Its network interface.</param>
/// <param name="RouterId">Its id.</param>
/// <param name="State">Its state, such as <c>master</c>.</param>
/// <param name="Priority">The priority it advertises now.</param>
/// <param name="Addresses">Its addresses with prefix length.</param>
/// <param name="Since">When it came to its state.</param>
/// <param name="Reason">Why, such as <c>master_silent</c>.</param>
/// <param name="Fault">What keeps it from being master; null when nothing.</param>
internal sealed record VirtualRouterStatus(
    string Name, string Interface, int RouterId, string State, int Priority, IReadOnlyList<string> Addresses, DateTimeOffset Since, string Reason, string? Fault);
