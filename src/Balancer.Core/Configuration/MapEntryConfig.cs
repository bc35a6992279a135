namespace Balancer.Configuration;

/// <summary>One line of the <c>values</c> of a <c>[map.NAME]</c>, <c>[geo.NAME]</c> or <c>[split_clients.NAME]</c>.</summary>
/// <param name="Key">What is compared, as written.</param>
/// <param name="Value">The value of the variable when it fits.</param>
public sealed record MapEntryConfig(ConfigText Key, ConfigText Value);
