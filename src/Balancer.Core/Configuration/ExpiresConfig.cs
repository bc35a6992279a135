namespace Balancer.Configuration;

/// <summary><c>expires</c>: <c>"30d"</c>, <c>"modified +24h"</c>, <c>"@15h30m"</c>, <c>"-1"</c>, <c>"epoch"</c>, <c>"max"</c>, <c>"off"</c>, or a text with variables that comes out as one of these.</summary>
/// <param name="IsModified">Whether the time counts from the response's Last-Modified.</param>
/// <param name="Time">The time.</param>
public sealed record ExpiresConfig(bool IsModified, ConfigText Time);
