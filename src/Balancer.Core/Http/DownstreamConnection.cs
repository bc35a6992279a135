namespace Balancer.Http;

/// <summary>What every request of one client connection shares, whatever the protocol version.</summary>
internal sealed class DownstreamConnection
{
    /// <summary>Serial number of the connection (<c>$connection</c>).</summary>
    public long Serial { get; init; }

    /// <summary>Stopwatch timestamp of the accept (<c>$connection_time</c> counts from it).</summary>
    public long StartTimestamp { get; init; }

    /// <summary>The other end of the socket (<c>$realip_remote_addr</c>).</summary>
    public required ClientAddress Peer { get; init; }

    /// <summary>Our end of the socket (<c>$server_addr</c>, <c>$server_port</c>).</summary>
    public required ClientAddress Local { get; init; }

    /// <summary>The source a PROXY protocol header named (<c>$proxy_protocol_addr</c>); null without one.</summary>
    public ClientAddress? ProxyProtocolSource { get; set; }

    /// <summary>The destination a PROXY protocol header named; null without one.</summary>
    public ClientAddress? ProxyProtocolDestination { get; set; }

    /// <summary>The client that the last request of a trusted proxy named, to be used again when the next names the same.</summary>
    public ClientAddress? LastClient { get; set; }

    /// <summary>Whether TLS is terminated here (<c>$scheme</c> is https).</summary>
    public bool IsTls => Tls is not null;

    /// <summary>What was agreed on by TLS; null on a connection without it.</summary>
    public TlsSession? Tls { get; set; }

    /// <summary>How many requests the connection has carried, the current one included (<c>$connection_requests</c>).</summary>
    public long Requests { get; set; }
}
