namespace Balancer.Failover;

/// <summary>What virtual routers may ask of the gateway. Any thread.</summary>
internal interface IFailoverHealth
{
    /// <summary>Moves while the data path answers; 0 as long as it never has. Waits for nothing: the thread of the heartbeat asks.</summary>
    long Answers { get; }

    /// <summary>Whether a pool has a server that takes requests. True for one that is not there: the configuration is being changed.</summary>
    bool IsAlive(string upstream);

    /// <summary>Whether an address of <c>listen</c>, in any way it may be written, accepts and answers connections. True for one that is not there, and when the gateway stops.</summary>
    bool IsListening(string address);
}
