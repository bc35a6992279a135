using Balancer.Configuration;
using Balancer.Routing;
using Balancer.Upstreams;

namespace Balancer.Proxy.HealthChecking;

/// <summary><c>health_check</c> of a location, compiled.</summary>
/// <param name="Identity">What is the same after a reload that has changed nothing of the check.</param>
/// <param name="Config">As configured.</param>
/// <param name="Match">What a response must be like; null wants a status from 200 to 399.</param>
/// <param name="Action">How the location speaks with the servers.</param>
internal sealed record HealthCheck(string Identity, HealthCheckConfig Config, MatchConfig? Match, ProxyAction Action)
{
    /// <summary>The pool.</summary>
    public Upstream Upstream => Action.Upstream;

    /// <summary>Milliseconds a check may take.</summary>
    public long Timeout => Action.ConnectTimeout + Action.ReadTimeout;
}
