namespace Balancer.Configuration;

/// <summary><c>so_keepalive</c>: TCP keepalive of accepted connections.</summary>
/// <param name="Enabled">SO_KEEPALIVE.</param>
/// <param name="Idle">TCP_KEEPIDLE; null leaves the system's.</param>
/// <param name="Interval">TCP_KEEPINTVL; null leaves the system's.</param>
/// <param name="Count">TCP_KEEPCNT; null leaves the system's.</param>
public sealed record KeepaliveSocketConfig(bool Enabled, TimeSpan? Idle = null, TimeSpan? Interval = null, int? Count = null);
