namespace Balancer.Http.Http1;

/// <summary>What came out of a look at the bytes received so far.</summary>
internal enum HeadParseStatus : byte
{
    /// <summary>All is well so far; call again with more bytes behind the same ones.</summary>
    NeedMore,

    /// <summary>The head is complete and valid.</summary>
    Complete,

    /// <summary>The head is refused; nothing more of the connection can be trusted.</summary>
    Invalid,

    /// <summary>The connection starts with the HTTP/2 preface (RFC 9113 section 3.4).</summary>
    Http2Preface,
}
