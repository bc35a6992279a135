namespace Balancer.Configuration;

/// <summary><c>queue = "N timeout=60s"</c>.</summary>
/// <param name="Length">How many requests may wait, from 1.</param>
/// <param name="Timeout">How long one may wait before 502. Default 60 s.</param>
public sealed record QueueConfig(int Length, TimeSpan Timeout);
