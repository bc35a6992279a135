namespace Balancer.Http;

/// <summary>
/// What went wrong with a request, and by its name whose fault it was, so that log, metrics, retry and status code agree.
/// </summary>
internal enum ProxyError : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The client sent something RFC 9112 does not allow: 400.</summary>
    ClientMalformed,

    /// <summary>The client did not send head or body in time: 408.</summary>
    ClientTimeout,

    /// <summary>The client closed or reset the connection before the response was complete: logged as 499.</summary>
    ClientAborted,

    /// <summary>The client did not read the response in time; the connection was closed.</summary>
    ClientStalled,

    /// <summary>The client sent its body slower than <c>client_body_min_rate</c>: 408, or took the response slower than <c>send_min_rate</c>: it was cut.</summary>
    ClientTooSlow,

    /// <summary>The body is larger than <c>client_max_body_size</c>: 413.</summary>
    ClientBodyTooLarge,

    /// <summary>The fields are more than the HTTP/2 server says it takes (<c>SETTINGS_MAX_HEADER_LIST_SIZE</c>), so nothing was sent to it: 431.</summary>
    ClientFieldsTooLarge,

    /// <summary>The upstream server refused or could not be reached: 502.</summary>
    UpstreamConnectFailed,

    /// <summary>Connecting took longer than <c>proxy_connect_timeout</c>: 504.</summary>
    UpstreamConnectTimeout,

    /// <summary>The TLS handshake failed: the certificate does not verify, or there is no common ground: 502.</summary>
    UpstreamTlsFailed,

    /// <summary>The upstream connection broke while the request was sent: 502.</summary>
    UpstreamWriteFailed,

    /// <summary>The upstream server read nothing for <c>proxy_send_timeout</c>: 504.</summary>
    UpstreamWriteTimeout,

    /// <summary>The upstream connection broke before the response head was complete: 502.</summary>
    UpstreamReset,

    /// <summary>
    /// The HTTP/2 server reset the stream by PROTOCOL_ERROR or ENHANCE_YOUR_CALM, which speak of what was sent to it: 502. It is counted, but
    /// says nothing about the server's health: else one client could have every server ejected.
    /// </summary>
    UpstreamRejected,

    /// <summary>No byte of the response for <c>proxy_read_timeout</c>: 504.</summary>
    UpstreamReadTimeout,

    /// <summary>The response head is malformed, or larger than <c>proxy_buffer_size</c>: 502.</summary>
    UpstreamMalformed,

    /// <summary>The response ended before its body was complete; the client connection was aborted so that the client can tell.</summary>
    UpstreamTruncated,

    /// <summary>The response body broke off by <c>proxy_read_timeout</c>; the client connection was aborted.</summary>
    UpstreamBodyTimeout,

    /// <summary>No server of the pool could take the request: 502.</summary>
    GatewayNoLiveUpstream,

    /// <summary>The queue of the pool was full, or the request waited in it longer than its timeout: 502.</summary>
    GatewayQueueTimeout,

    /// <summary>The request was redirected within the gateway, or rewritten, more often than is allowed: 500.</summary>
    GatewayRedirectCycle,

    /// <summary>The daemon is going down and the drain timeout is over.</summary>
    GatewayShutdown,

    /// <summary>A fault of ours: 500.</summary>
    GatewayFault,
}
