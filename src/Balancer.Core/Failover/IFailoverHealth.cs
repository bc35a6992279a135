namespace Balancer.Failover;

/// <summary>What virtual routers may ask of the gateway. Any thread.</summary>
internal interface IFailoverHealth
{
    /// <summary>Whether a pool has a server that takes requests. True for one that is not there: the configuration is being changed.</summary>
    bool IsAlive(string upstream);
}
