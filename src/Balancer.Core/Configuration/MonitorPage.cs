namespace Balancer.Configuration;

/// <summary>What the gateway says of itself to clients (<c>monitor</c>).</summary>
public enum MonitorPage
{
    /// <summary><c>live</c>: 200 while it serves.</summary>
    Live,

    /// <summary><c>ready</c>: 200 while every pool of the virtual server has a server that may be given requests, and it does not drain; else 503.</summary>
    Ready,

    /// <summary><c>status</c>: as ready, with time of running and the state of each pool.</summary>
    Status,
}
