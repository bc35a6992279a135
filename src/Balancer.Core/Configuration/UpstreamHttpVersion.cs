namespace Balancer.Configuration;

/// <summary>The version of HTTP spoken to upstream servers (<c>proxy_http_version</c>).</summary>
public enum UpstreamHttpVersion
{
    /// <summary>HTTP/1.1.</summary>
    Http11,

    /// <summary>HTTP/2: over TLS by ALPN, otherwise by prior knowledge.</summary>
    Http2,
}
