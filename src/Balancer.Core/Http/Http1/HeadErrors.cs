namespace Balancer.Http.Http1;

/// <summary>The answer a client gets for a refused head, and the text the error log gets.</summary>
internal static class HeadErrors
{
    /// <summary>
    /// The status for a refused request. Oversized fields are 431 (RFC 6585 section 5), where nginx says 400; so are more fields
    /// than <see cref="HeadLimits.MaxFields"/>. A refused response head is 502 whatever its error.
    /// </summary>
    public static int Status(HeadError error) => error switch
    {
        HeadError.MethodNotAllowed => 405,
        HeadError.RequestLineTooLong => 414,
        HeadError.ExpectationFailed => 417,
        HeadError.FieldLineTooLong or HeadError.HeadTooLarge or HeadError.TooManyFields => 431,
        HeadError.MethodTooLong or HeadError.UnsupportedTransferCoding or HeadError.ProtocolNotSupported => 501,
        HeadError.VersionNotSupported => 505,
        _ => 400,
    };

    /// <summary>What the page of the answer says beside the status; nothing for most.</summary>
    public static ReadOnlySpan<byte> Detail(HeadError error) => error == HeadError.PlainOnTlsPort ? "The plain HTTP request was sent to HTTPS port"u8 : default;

    /// <summary>What was wrong, in a few words, for the log; holds nothing the sender chose.</summary>
    public static string Reason(HeadError error) => error switch
    {
        HeadError.None => "",
        HeadError.TlsOnPlainPort => "TLS handshake on a plain HTTP port",
        HeadError.PlainOnTlsPort => "plain HTTP on a TLS port",
        HeadError.MalformedRequestLine => "malformed request line",
        HeadError.MethodTooLong => "method too long",
        HeadError.MethodNotAllowed => "method not allowed",
        HeadError.InvalidTarget => "invalid request target",
        HeadError.MalformedVersion => "malformed HTTP version",
        HeadError.VersionNotSupported => "HTTP version not supported",
        HeadError.RequestLineTooLong => "request line too long",
        HeadError.MalformedStatusLine => "malformed status line",
        HeadError.BareLineFeed => "line ends with LF alone",
        HeadError.BareCarriageReturn => "CR without LF",
        HeadError.LeadingWhitespace => "line starts with white space",
        HeadError.InvalidFieldName => "invalid field name",
        HeadError.InvalidFieldValue => "control character in a field value",
        HeadError.FieldLineTooLong => "field line too long",
        HeadError.HeadTooLarge => "head too large",
        HeadError.TooManyFields => "too many fields",
        HeadError.MissingHost => "no Host in an HTTP/1.1 request",
        HeadError.DuplicateHost => "more than one Host",
        HeadError.InvalidHost => "invalid host",
        HeadError.InvalidContentLength => "invalid Content-Length",
        HeadError.DuplicateContentLength => "more than one Content-Length",
        HeadError.InvalidTransferEncoding => "invalid Transfer-Encoding",
        HeadError.UnsupportedTransferCoding => "transfer coding other than chunked",
        HeadError.TransferEncodingInHttp10 => "Transfer-Encoding in an HTTP/1.0 message",
        HeadError.ConflictingFraming => "both Transfer-Encoding and Content-Length",
        HeadError.ExpectationFailed => "unknown expectation",
        HeadError.TooManyConnectionOptions => "too many Connection options",
        HeadError.ConnectionSpecificField => "connection-specific field in an HTTP/2 request",
        HeadError.ProtocolNotSupported => "extended CONNECT with a protocol other than websocket",
        _ => throw new ArgumentOutOfRangeException(nameof(error)),
    };
}
