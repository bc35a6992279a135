using Balancer.Configuration;

namespace Balancer.Upstreams.Balancing;

/// <summary>Makes the balancer a pool's configuration asks for.</summary>
internal static class BalancerFactory
{
    /// <summary>The balancer of one group of a pool that is not single.</summary>
    public static IBalancer Create(BalancingConfig config, ServerGroup group) => config.Method switch
    {
        BalancingMethod.RoundRobin => group.RoundRobin,
        BalancingMethod.LeastConnections => new LeastConnectionsBalancer(group),
        BalancingMethod.LeastTime => new LeastTimeBalancer(group, config.LeastTime),
        BalancingMethod.IpHash => new IpHashBalancer(group),
        BalancingMethod.Hash when config.HashConsistent => new ConsistentHashBalancer(group),
        BalancingMethod.Hash => new HashBalancer(group),
        BalancingMethod.Random when !config.RandomTwo => new RandomBalancer(group),
        BalancingMethod.Random => new RandomTwoBalancer(group, config.RandomTwoMethod == BalancingMethod.LeastTime ? config.LeastTime : null),
        _ => throw new ArgumentOutOfRangeException(nameof(config), config.Method, "unknown balancing method"),
    };
}
