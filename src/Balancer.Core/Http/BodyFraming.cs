namespace Balancer.Http;

/// <summary>How the end of a message body is found (RFC 9112 section 6.3).</summary>
internal enum BodyFraming : byte
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>After Content-Length bytes.</summary>
    ContentLength,

    /// <summary>By the last chunk.</summary>
    Chunked,

    /// <summary>When the connection ends; responses only.</summary>
    UntilClose,
}
