namespace Balancer.Http.Http1;

/// <summary>Why a head, or a trailer section, is refused. <see cref="HeadErrors"/> gives status and text.</summary>
internal enum HeadError : byte
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>A TLS handshake on a port that speaks plain HTTP.</summary>
    TlsOnPlainPort,

    /// <summary>HTTP without TLS on a port that speaks TLS.</summary>
    PlainOnTlsPort,

    /// <summary>The request line is not <c>method SP target SP version CRLF</c>.</summary>
    MalformedRequestLine,

    /// <summary>The method is longer than any in use.</summary>
    MethodTooLong,

    /// <summary>CONNECT or TRACE, which a gateway does not serve.</summary>
    MethodNotAllowed,

    /// <summary>The target holds a byte that may not stand there, a fragment, or has none of the four forms.</summary>
    InvalidTarget,

    /// <summary>Not <c>HTTP/digit.digit</c>.</summary>
    MalformedVersion,

    /// <summary>A version other than HTTP/1.x.</summary>
    VersionNotSupported,

    /// <summary>The request line is longer than one buffer of <c>large_client_header_buffers</c>.</summary>
    RequestLineTooLong,

    /// <summary>The status line is not <c>HTTP/1.x SP 3DIGIT [SP reason] CRLF</c>.</summary>
    MalformedStatusLine,

    /// <summary>A line ends with LF alone.</summary>
    BareLineFeed,

    /// <summary>CR without LF.</summary>
    BareCarriageReturn,

    /// <summary>A line starts with white space: obsolete line folding, or smuggling.</summary>
    LeadingWhitespace,

    /// <summary>A field name that is empty, is no token, or has white space before the colon.</summary>
    InvalidFieldName,

    /// <summary>A control character in a field value.</summary>
    InvalidFieldValue,

    /// <summary>A field line longer than one buffer of <c>large_client_header_buffers</c>.</summary>
    FieldLineTooLong,

    /// <summary>The head is longer than all buffers together, or than <c>proxy_buffer_size</c>.</summary>
    HeadTooLarge,

    /// <summary>More fields than allowed.</summary>
    TooManyFields,

    /// <summary>HTTP/1.1 without Host.</summary>
    MissingHost,

    /// <summary>More than one Host.</summary>
    DuplicateHost,

    /// <summary>Host, or the authority of the target, is not <c>host[:port]</c>.</summary>
    InvalidHost,

    /// <summary>Content-Length is not one decimal number that fits.</summary>
    InvalidContentLength,

    /// <summary>More than one Content-Length, even if equal.</summary>
    DuplicateContentLength,

    /// <summary>Transfer-Encoding is empty, repeats chunked, has it elsewhere than last, or is no list of codings.</summary>
    InvalidTransferEncoding,

    /// <summary>A transfer coding other than chunked.</summary>
    UnsupportedTransferCoding,

    /// <summary>Transfer-Encoding in an HTTP/1.0 message.</summary>
    TransferEncodingInHttp10,

    /// <summary>Transfer-Encoding together with Content-Length.</summary>
    ConflictingFraming,

    /// <summary>Expect holds something else than 100-continue.</summary>
    ExpectationFailed,

    /// <summary>More Connection options than any sender has reason to send.</summary>
    TooManyConnectionOptions,

    /// <summary>A field in an HTTP/2 request that means something to an HTTP/1.1 connection only, or TE other than trailers.</summary>
    ConnectionSpecificField,

    /// <summary>Extended CONNECT (RFC 8441) with a protocol other than websocket.</summary>
    ProtocolNotSupported,
}
