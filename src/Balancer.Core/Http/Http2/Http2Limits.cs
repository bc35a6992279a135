namespace Balancer.Http.Http2;

/// <summary>What the engine of an HTTP/2 connection is told when it starts; it cannot be changed for a connection that is open.</summary>
/// <param name="MaxConcurrentStreams">Requests one connection may have under way (<c>http2_max_concurrent_streams</c>).</param>
/// <param name="HeadSize">Greatest size of a head in bytes: number times size of <c>large_client_header_buffers</c>.</param>
internal sealed record Http2Limits(int MaxConcurrentStreams, int HeadSize)
{
    /// <summary>nginx's default of <c>http2_max_concurrent_streams</c>.</summary>
    public const int DefaultConcurrentStreams = 128;

    /// <summary>The limits without any configuration.</summary>
    public static Http2Limits Default { get; } = new(DefaultConcurrentStreams, Http1.HeadLimits.Requests.TotalSize);

    /// <summary>
    /// Bytes of a request body a stream may send ahead of what is passed on (SETTINGS_INITIAL_WINDOW_SIZE). Together with
    /// <see cref="MaxConcurrentStreams"/> it bounds what a connection can make the gateway hold.
    /// </summary>
    public const int StreamWindow = 128 * 1024;

    /// <summary>Bytes all streams of a connection may send ahead: all their windows, so that slow ones leave the others theirs.</summary>
    public int ConnectionWindow => MaxConcurrentStreams * StreamWindow;

    /// <summary>
    /// Bytes of field names and values the engine takes before it gives the connection up. Twice what is allowed, so that a head
    /// that is somewhat too large can be answered with 431; 32 more for each field (RFC 9113 section 6.5.2).
    /// </summary>
    public int EngineHeadSize => (2 * HeadSize) + (32 * MaxFields);

    /// <summary>Fields the engine takes before it gives the connection up.</summary>
    public const int MaxFields = 1100;
}
