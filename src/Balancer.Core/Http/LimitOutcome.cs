namespace Balancer.Http;

/// <summary>What became of a request at <c>limit_req</c> or <c>limit_conn</c>.</summary>
internal enum LimitOutcome
{
    /// <summary>It met no limit, or had no key for any.</summary>
    None,

    /// <summary>It was within the limits.</summary>
    Passed,

    /// <summary>It had to wait.</summary>
    Delayed,

    /// <summary>It was refused.</summary>
    Rejected,

    /// <summary>It would have had to wait.</summary>
    DelayedDryRun,

    /// <summary>It would have been refused.</summary>
    RejectedDryRun,
}
