namespace Balancer.Failover;

/// <summary>What a virtual router is on this gateway (RFC 9568 section 6.4).</summary>
internal enum VrrpState : byte
{
    /// <summary>It does not take part: before the start, and after the end.</summary>
    Initialize,

    /// <summary>Another gateway holds the addresses.</summary>
    Backup,

    /// <summary>This gateway holds the addresses.</summary>
    Master,

    /// <summary>It has said that it gives up, and answers on the addresses until its successor is heard.</summary>
    Leaving,

    /// <summary>It can't be master: its link is down, or what it depends on fails.</summary>
    Fault,
}
