using System.Net;
using Balancer.Routing;
using Balancer.Upstreams;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>
/// What connections of HTTP/2 to a server are made with, TLS aside, which keeps connections apart as variants: those of equal settings are
/// shared. Times in milliseconds; 0 is no limit.
/// </summary>
/// <param name="EndPoint">Where to connect to.</param>
/// <param name="ConnectTimeout"><c>proxy_connect_timeout</c>.</param>
/// <param name="MaxHeadSize">Greatest head of a response in bytes (<c>proxy_buffer_size</c>).</param>
/// <param name="IdleTimeout"><c>keepalive_timeout</c> of the pool.</param>
/// <param name="MaxAge"><c>keepalive_time</c> of the pool.</param>
internal sealed record Http2ClientSettings(EndPoint EndPoint, long ConnectTimeout, int MaxHeadSize, long IdleTimeout, long MaxAge)
{
    /// <summary>Those of a location and its pool.</summary>
    public static Http2ClientSettings Of(ProxyAction action, UpstreamServer server) => new(
        server.EndPoint,
        action.ConnectTimeout,
        action.ResponseLimits.TotalSize,
        (long)action.Upstream.Config.KeepaliveTimeout.TotalMilliseconds,
        (long)action.Upstream.Config.KeepaliveTime.TotalMilliseconds);
}
