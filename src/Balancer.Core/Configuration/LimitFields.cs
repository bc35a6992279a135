namespace Balancer.Configuration;

/// <summary>Which responses say how much of a <c>limit_req</c> is left (<c>limit_req_headers</c>).</summary>
public enum LimitFields
{
    /// <summary>None.</summary>
    Off,

    /// <summary>Those that refuse a request.</summary>
    Refused,

    /// <summary>All that the limit counted.</summary>
    Always,
}
