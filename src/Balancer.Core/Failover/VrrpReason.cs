namespace Balancer.Failover;

/// <summary>Why a virtual router changed its state.</summary>
internal enum VrrpReason : byte
{
    /// <summary>The daemon started, or the instance is new in its configuration.</summary>
    Start,

    /// <summary>Its priority is 255: it owns the addresses.</summary>
    Owner,

    /// <summary>The master was not heard any more.</summary>
    MasterSilent,

    /// <summary>The master said that it gives up.</summary>
    MasterLeft,

    /// <summary>The master's priority is lower than ours.</summary>
    Preempt,

    /// <summary>A master of higher priority was heard, or one of equal priority and higher address.</summary>
    HigherMaster,

    /// <summary>Another instance of its group changed.</summary>
    Group,

    /// <summary>Its link, or what it tracks, failed.</summary>
    Fault,

    /// <summary>What had failed works again.</summary>
    Recovered,

    /// <summary>The daemon stops, or a reload removes the instance.</summary>
    Stop,

    /// <summary>The successor was heard.</summary>
    SuccessorHeard,

    /// <summary>No successor was heard in time.</summary>
    NoSuccessor,
}
