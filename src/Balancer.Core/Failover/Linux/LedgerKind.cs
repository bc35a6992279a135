namespace Balancer.Failover.Linux;

/// <summary>What the daemon adds to the system, or changes of it. What is higher up needs what is below it, and is removed first.</summary>
internal enum LedgerKind
{
    /// <summary>A route.</summary>
    Route,

    /// <summary>An address of an interface.</summary>
    Address,

    /// <summary>A virtual interface.</summary>
    Macvlan,

    /// <summary>A setting of an interface.</summary>
    Setting,
}
