namespace Balancer.Limits;

/// <summary>What a zone of <c>limit_conn</c> says to a request.</summary>
internal enum ConnectionDecision
{
    /// <summary>It is counted.</summary>
    Entered,

    /// <summary>There are as many of its key as there may be.</summary>
    Refused,

    /// <summary>There is no room for its key.</summary>
    ZoneFull,
}
