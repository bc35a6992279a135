namespace Balancer.Configuration;

/// <summary>A <c>[limit_req_zone.NAME]</c> table.</summary>
public sealed record LimitReqZoneConfig : LimitZoneConfig
{
    /// <summary><c>rate</c>: how many requests of one key are let through in which time.</summary>
    public required RequestRateConfig Rate { get; init; }
}
