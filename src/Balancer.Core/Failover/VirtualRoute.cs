using Balancer.Configuration;
using Balancer.Failover.Linux;

namespace Balancer.Failover;

/// <summary>A route of a virtual router, and how it does.</summary>
internal sealed class VirtualRoute(VrrpRouteConfig config)
{
    /// <summary>What is wanted.</summary>
    public VrrpRouteConfig Config { get; } = config;

    /// <summary>The name of the interface it was tried on last; null before the first time.</summary>
    public string? Device { get; set; }

    /// <summary>The number of that interface.</summary>
    public int InterfaceIndex { get; set; }

    /// <summary>Why it could not be added; null when it was.</summary>
    public string? Error { get; set; }

    /// <summary>As the kernel takes it.</summary>
    public Route ToRoute() => new()
    {
        Destination = NetworkAddress.From(Config.Destination),
        PrefixLength = Config.PrefixLength,
        InterfaceIndex = InterfaceIndex,
        Gateway = Config.Gateway is { } gateway ? NetworkAddress.From(gateway) : default,
        Source = Config.Source is { } source ? NetworkAddress.From(source) : default,
        Metric = Config.Metric ?? 0,
        Table = Config.Table ?? VrrpRouteConfig.MainTable,
    };
}
