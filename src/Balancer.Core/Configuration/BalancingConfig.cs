namespace Balancer.Configuration;

/// <summary>The balancing method of a pool.</summary>
public sealed record BalancingConfig
{
    /// <summary>The method.</summary>
    public BalancingMethod Method { get; init; }

    /// <summary><c>hash</c>: the key, with variables.</summary>
    public ConfigText? HashKey { get; init; }

    /// <summary><c>hash … consistent</c>: ketama.</summary>
    public bool HashConsistent { get; init; }

    /// <summary><c>random two</c>: whether two servers are drawn and the better one is taken.</summary>
    public bool RandomTwo { get; init; }

    /// <summary><c>random two METHOD</c>: least_conn, or least_time with <see cref="LeastTime"/>.</summary>
    public BalancingMethod RandomTwoMethod { get; init; } = BalancingMethod.LeastConnections;

    /// <summary><c>least_time</c>: which time is averaged.</summary>
    public LeastTimeMeasure LeastTime { get; init; }
}
