namespace Balancer.Configuration;

/// <summary>How a pool chooses a server.</summary>
public enum BalancingMethod
{
    /// <summary>Smooth weighted round robin, nginx's default.</summary>
    RoundRobin,

    /// <summary><c>least_conn</c>.</summary>
    LeastConnections,

    /// <summary><c>ip_hash</c>.</summary>
    IpHash,

    /// <summary><c>hash KEY [consistent]</c>.</summary>
    Hash,

    /// <summary><c>random [two [METHOD]]</c>.</summary>
    Random,

    /// <summary><c>least_time header|last_byte [inflight]</c>.</summary>
    LeastTime,
}
