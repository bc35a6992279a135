namespace Balancer.Observability.Status;

/// <summary>An address connections are accepted on.</summary>
/// <param name="Address">The address bound, such as <c>0.0.0.0:80</c> or <c>unix:/path</c>.</param>
internal sealed record ListenerStatus(string Address);
