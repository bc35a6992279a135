namespace Balancer.Configuration;

/// <summary>Which responses tell the client about a limit (<c>limit_req_headers</c>, <c>limit_conn_headers</c>).</summary>
public enum LimitFields
{
    /// <summary>None.</summary>
    Off,

    /// <summary>Those that refuse a request.</summary>
    Refused,

    /// <summary>All that the limit counted.</summary>
    Always,
}
