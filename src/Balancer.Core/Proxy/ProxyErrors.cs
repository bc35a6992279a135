using Balancer.Configuration;
using Balancer.Http;
using Balancer.Upstreams;

namespace Balancer.Proxy;

/// <summary>What follows from a <see cref="ProxyError"/>: the status the client gets, and the condition of <c>proxy_next_upstream</c> it is.</summary>
internal static class ProxyErrors
{
    /// <summary>The status; 499 is only logged.</summary>
    public static int Status(ProxyError error) => error switch
    {
        ProxyError.ClientMalformed => 400,
        ProxyError.ClientTimeout or ProxyError.ClientStalled or ProxyError.ClientTooSlow => 408,
        ProxyError.ClientAborted => 499,
        ProxyError.ClientBodyTooLarge => 413,
        ProxyError.ClientFieldsTooLarge => 431,
        ProxyError.UpstreamConnectTimeout or ProxyError.UpstreamWriteTimeout or ProxyError.UpstreamReadTimeout => 504,
        ProxyError.GatewayShutdown => 503,
        ProxyError.GatewayRedirectCycle or ProxyError.GatewayFault => 500,
        _ => 502,
    };

    /// <summary>The condition under which such a failure goes to the next server; None when it never does.</summary>
    public static NextUpstreamConditions Condition(ProxyError error) => error switch
    {
        ProxyError.UpstreamConnectFailed or ProxyError.UpstreamTlsFailed or ProxyError.UpstreamWriteFailed or ProxyError.UpstreamReset => NextUpstreamConditions.Error,
        ProxyError.UpstreamConnectTimeout or ProxyError.UpstreamWriteTimeout or ProxyError.UpstreamReadTimeout => NextUpstreamConditions.Timeout,

        // nginx: a server that rejects a request is asked no more than one that answers with an invalid head.
        ProxyError.UpstreamMalformed or ProxyError.UpstreamRejected => NextUpstreamConditions.InvalidHeader,
        _ => NextUpstreamConditions.None,
    };

    /// <summary>The condition a status is; None when it never goes to the next server.</summary>
    public static NextUpstreamConditions Condition(int status) => status switch
    {
        403 => NextUpstreamConditions.Http403,
        404 => NextUpstreamConditions.Http404,
        429 => NextUpstreamConditions.Http429,
        500 => NextUpstreamConditions.Http500,
        502 => NextUpstreamConditions.Http502,
        503 => NextUpstreamConditions.Http503,
        504 => NextUpstreamConditions.Http504,
        _ => NextUpstreamConditions.None,
    };

    /// <summary>Whether the client is at fault, or simply left.</summary>
    public static bool IsClients(ProxyError error) => error is >= ProxyError.ClientMalformed and <= ProxyError.ClientFieldsTooLarge;

    /// <summary>Whether the upstream server is at fault.</summary>
    public static bool IsUpstreams(ProxyError error) => error is >= ProxyError.UpstreamConnectFailed and <= ProxyError.UpstreamBodyTimeout;

    /// <summary>What a try that gave no response to pass on means for its server.</summary>
    public static PickOutcome Outcome(ProxyError error) => IsUpstreams(error) && error != ProxyError.UpstreamRejected ? PickOutcome.Failed : PickOutcome.NoFault;
}
