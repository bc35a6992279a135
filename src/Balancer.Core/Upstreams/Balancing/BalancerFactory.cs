using Balancer.Configuration;

namespace Balancer.Upstreams.Balancing;

/// <summary>Makes the balancer a pool's configuration asks for.</summary>
internal static class BalancerFactory
{
    /// <summary>The balancer of one group of a pool that is not single.</summary>
    public static IBalancer Create(BalancingConfig config, ServerGroup group) => config.Method switch
    {
        BalancingMethod.RoundRobin => group.RoundRobin,
        _ => throw new ArgumentOutOfRangeException(nameof(config), config.Method, "unknown balancing method"),
    };
}
