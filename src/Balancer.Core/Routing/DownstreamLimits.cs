using Balancer.Http;

namespace Balancer.Routing;

/// <summary>Limits and timeouts of the client side of a location. Times in milliseconds.</summary>
/// <param name="MaxBodySize"><c>client_max_body_size</c> in bytes; 0 is no limit.</param>
/// <param name="BodyTimeout"><c>client_body_timeout</c>.</param>
/// <param name="BodyMinRate"><c>client_body_min_rate</c> in bytes a second; 0 is no limit.</param>
/// <param name="SendTimeout"><c>send_timeout</c>.</param>
/// <param name="SendMinRate"><c>send_min_rate</c> in bytes a second; 0 is no limit.</param>
/// <param name="KeepaliveTimeout"><c>keepalive_timeout</c>; 0 closes after each response.</param>
/// <param name="KeepaliveRequests"><c>keepalive_requests</c>.</param>
/// <param name="KeepaliveTime"><c>keepalive_time</c>.</param>
internal sealed record DownstreamLimits(
    long MaxBodySize,
    long BodyTimeout,
    long BodyMinRate,
    long SendTimeout,
    long SendMinRate,
    long KeepaliveTimeout,
    long KeepaliveRequests,
    long KeepaliveTime)
{
    /// <summary>Has a front end keep to these limits from now on.</summary>
    public void ApplyTo(Downstream downstream)
    {
        downstream.MaxBodySize = MaxBodySize;
        downstream.ReceivePace.MinRate = BodyMinRate;
        downstream.SendTimeout = SendTimeout;
        downstream.SendPace.MinRate = SendMinRate;
        downstream.KeepaliveTimeout = KeepaliveTimeout;
        downstream.KeepaliveRequests = KeepaliveRequests;
        downstream.KeepaliveTime = KeepaliveTime;
    }
}
