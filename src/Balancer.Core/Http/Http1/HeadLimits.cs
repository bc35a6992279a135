namespace Balancer.Http.Http1;

/// <summary>How large a head may be, and what it may hold.</summary>
/// <param name="LineSize">Greatest length of a line, its CR LF included, in bytes: the size of one buffer of <c>large_client_header_buffers</c>.</param>
/// <param name="TotalSize">Greatest length of the whole head in bytes: number times size of <c>large_client_header_buffers</c>, or <c>proxy_buffer_size</c>.</param>
/// <param name="MaxFields">Greatest number of fields (<c>max_headers</c> of nginx, there 1000 as well).</param>
/// <param name="UnderscoresInHeaders">Whether names with an underscore are kept (<c>underscores_in_headers</c>).</param>
internal sealed record HeadLimits(int LineSize, int TotalSize, int MaxFields = 1000, bool UnderscoresInHeaders = false)
{
    /// <summary>The defaults for requests: <c>large_client_header_buffers 4 8k</c>.</summary>
    public static HeadLimits Requests { get; } = new(8 * 1024, 4 * 8 * 1024);

    /// <summary>Limits for responses and trailers, which have one size and no rule about underscores.</summary>
    public static HeadLimits OfSize(int size) => new(size, size, UnderscoresInHeaders: true);
}
