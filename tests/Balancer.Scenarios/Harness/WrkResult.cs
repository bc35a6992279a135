namespace Balancer.Harness;

/// <summary>What wrk saw.</summary>
internal sealed record WrkResult
{
    /// <summary>Responses received.</summary>
    public required long Requests { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Responses of 400 and above.</summary>
    public required long ErrorStatuses { get; init; }

    /// <summary>Connections that could not be opened.</summary>
    public required long ConnectErrors { get; init; }

    /// <summary>Connections that broke, or ended within a response.</summary>
    public required long ReadErrors { get; init; }

    /// <summary>Requests that could not be sent.</summary>
    public required long WriteErrors { get; init; }

    /// <summary>Responses that took too long.</summary>
    public required long Timeouts { get; init; }

    /// <summary>Half of the responses took no longer.</summary>
    public required TimeSpan Median { get; init; }

    /// <summary>99 % of the responses took no longer.</summary>
    public required TimeSpan Percentile99 { get; init; }

    /// <summary>Everything that is not an answered request.</summary>
    public long Failures => ErrorStatuses + ConnectErrors + ReadErrors + WriteErrors + Timeouts;

    /// <summary>Asserts that there were requests and that none failed.</summary>
    public void AssertNoFailures()
    {
        Assert.True(Requests > 0, "no request was answered");
        Assert.True(Failures == 0, ToString());
    }
}
