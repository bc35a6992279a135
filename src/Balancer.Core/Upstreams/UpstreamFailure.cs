using Balancer.Http;

namespace Balancer.Upstreams;

/// <summary>How a try on an upstream server failed, as metrics count it.</summary>
internal enum UpstreamFailure : byte
{
    /// <summary>Refused or unreachable.</summary>
    Connect,

    /// <summary><c>proxy_connect_timeout</c>.</summary>
    ConnectTimeout,

    /// <summary>The TLS handshake failed.</summary>
    Tls,

    /// <summary>The connection broke while the request was sent.</summary>
    Write,

    /// <summary><c>proxy_send_timeout</c>.</summary>
    WriteTimeout,

    /// <summary>The connection broke before the head of the response was complete.</summary>
    Reset,

    /// <summary>The HTTP/2 server reset the stream for what was sent on it.</summary>
    Rejected,

    /// <summary><c>proxy_read_timeout</c> before the head of the response.</summary>
    ReadTimeout,

    /// <summary>The head of the response was malformed or too large.</summary>
    Malformed,

    /// <summary>The response ended before its body was complete.</summary>
    Truncated,

    /// <summary><c>proxy_read_timeout</c> within the body.</summary>
    BodyTimeout,

    /// <summary>A status that <c>proxy_next_upstream</c> names.</summary>
    Status,
}
