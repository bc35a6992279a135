namespace Balancer.Failover;

/// <summary>What an advertisement says.</summary>
/// <param name="Source">Who sent it.</param>
/// <param name="Priority">0 gives up, 255 owns the addresses.</param>
/// <param name="Interval">Microseconds between two advertisements of the sender.</param>
internal readonly record struct VrrpAdvertisement(NetworkAddress Source, byte Priority, long Interval);
