namespace Balancer.Http;

/// <summary>One try of a request on one upstream server, as <c>$upstream_*</c> shows it.</summary>
internal struct UpstreamAttempt
{
    /// <summary>The server's address as text (<c>$upstream_addr</c>); the pool's name when no server could be chosen.</summary>
    public byte[] Address;

    /// <summary>The status received, 502 or 504 when none was, 0 while none is known (<c>$upstream_status</c>).</summary>
    public int Status;

    /// <summary>Stopwatch ticks from the start of the try to the connection; -1 when there was none (<c>$upstream_connect_time</c>).</summary>
    public long ConnectTicks;

    /// <summary>Stopwatch ticks to the complete head; -1 when there was none (<c>$upstream_header_time</c>).</summary>
    public long HeaderTicks;

    /// <summary>Stopwatch ticks to the end of the try; -1 while it runs (<c>$upstream_response_time</c>).</summary>
    public long ResponseTicks;

    /// <summary>Bytes received from the server (<c>$upstream_bytes_received</c>).</summary>
    public long BytesReceived;

    /// <summary>Body bytes received from the server (<c>$upstream_response_length</c>).</summary>
    public long ResponseLength;

    /// <summary>Bytes sent to the server (<c>$upstream_bytes_sent</c>).</summary>
    public long BytesSent;

    /// <summary>Whether the request was redirected within the gateway since the try before: a colon stands between the two.</summary>
    public bool FollowsRedirect;

    /// <summary>Why the try failed, if it did.</summary>
    public ProxyError Error;
}
