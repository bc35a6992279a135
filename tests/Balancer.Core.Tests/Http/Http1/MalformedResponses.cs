namespace Balancer.Http.Http1;

/// <summary>Every malformed or splitting response head the parser must refuse, with a <c>proxy_buffer_size</c> of 8k.</summary>
internal static class MalformedResponses
{
    private const string Ok = "HTTP/1.1 200 OK\r\n";

    /// <summary>The rows.</summary>
    public static IReadOnlyList<MalformedResponse> All { get; } = [.. StatusLines(), .. Lines(), .. Framings(), .. Sizes()];

    /// <summary>The row of a name, for theories, whose data must be plain.</summary>
    public static MalformedResponse Get(string name) => All.Single(r => r.Name == name);

    private static MalformedResponse[] StatusLines() =>
    [
        new("Binary garbage", "\u0015\u0003\u0003\u0000\u0002\u0002\u0028", HeadError.MalformedVersion),
        new("HTTP/0.9 body", "<html>hello</html>\r\n", HeadError.MalformedVersion),
        new("Request", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", HeadError.MalformedVersion),
        new("Empty line first", "\r\n" + Ok + "\r\n", HeadError.MalformedVersion),
        new("Space first", " " + Ok + "\r\n", HeadError.MalformedVersion),
        new("Lower-case http", "http/1.1 200 OK\r\n\r\n", HeadError.MalformedVersion),
        new("ICY", "ICY 200 OK\r\n\r\n", HeadError.MalformedVersion),
        new("HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n", HeadError.VersionNotSupported),
        new("HTTP/0.9", "HTTP/0.9 200 OK\r\n\r\n", HeadError.VersionNotSupported),
        new("Version of one number", "HTTP/1 200 OK\r\n\r\n", HeadError.MalformedVersion),
        new("Two digits minor", "HTTP/1.10 200 OK\r\n\r\n", HeadError.MalformedStatusLine),
        new("No status", "HTTP/1.1\r\n\r\n", HeadError.MalformedStatusLine),
        new("Reason without status", "HTTP/1.1 OK\r\n\r\n", HeadError.MalformedStatusLine),
        new("Two-digit status", "HTTP/1.1 20 OK\r\n\r\n", HeadError.MalformedStatusLine),
        new("Four-digit status", "HTTP/1.1 2000 OK\r\n\r\n", HeadError.MalformedStatusLine),
        new("Status 099", "HTTP/1.1 099 OK\r\n\r\n", HeadError.MalformedStatusLine),
        new("Status 000", "HTTP/1.1 000 OK\r\n\r\n", HeadError.MalformedStatusLine),
        new("Signed status", "HTTP/1.1 +20 OK\r\n\r\n", HeadError.MalformedStatusLine),
        new("Negative status", "HTTP/1.1 -20 OK\r\n\r\n", HeadError.MalformedStatusLine),
        new("Hexadecimal status", "HTTP/1.1 2a0 OK\r\n\r\n", HeadError.MalformedStatusLine),
        new("Two spaces before status", "HTTP/1.1  200 OK\r\n\r\n", HeadError.MalformedStatusLine),
        new("Tab before status", "HTTP/1.1\t200 OK\r\n\r\n", HeadError.MalformedStatusLine),
        new("Tab after status", "HTTP/1.1 200\tOK\r\n\r\n", HeadError.MalformedStatusLine),
        new("Colon after status", "HTTP/1.1 200: OK\r\n\r\n", HeadError.MalformedStatusLine),
        new("NUL in reason", "HTTP/1.1 200 O\0K\r\n\r\n", HeadError.MalformedStatusLine),
        new("Escape in reason", "HTTP/1.1 200 \u001b[2J\r\n\r\n", HeadError.MalformedStatusLine),
        new("CR in reason", "HTTP/1.1 200 O\rK\r\n\r\n", HeadError.BareCarriageReturn),
        new("LF alone after status line", "HTTP/1.1 200 OK\nX: 1\r\n\r\n", HeadError.BareLineFeed),
        new("LF alone after status", "HTTP/1.1 200\nX: 1\r\n\r\n", HeadError.BareLineFeed),
        new("LF alone after version", "HTTP/1.1\n200 OK\r\n\r\n", HeadError.BareLineFeed),
        new("Short status and LF", "HTTP/1.1 20\n\n", HeadError.BareLineFeed),
    ];

    private static MalformedResponse[] Lines() =>
    [
        new("LF alone after field", Ok + "X: 1\nY: 2\r\n\r\n", HeadError.BareLineFeed),
        new("LF alone ends the head", Ok + "X: 1\r\n\n", HeadError.BareLineFeed),
        new("CR alone between fields", Ok + "X: 1\rSet-Cookie: a=b\r\n\r\n", HeadError.BareCarriageReturn),
        new("CR alone ends the head", Ok + "X: 1\r\n\rX", HeadError.BareCarriageReturn),
        new("CR CR LF after field", Ok + "X: 1\r\r\n\r\n", HeadError.BareCarriageReturn),
        new("Folded field", Ok + "X: 1\r\n 2\r\n\r\n", HeadError.LeadingWhitespace),
        new("White space before first field", Ok + " X: 1\r\n\r\n", HeadError.LeadingWhitespace),
        new("Space before colon", Ok + "Content-Length : 5\r\n\r\nhello", HeadError.InvalidFieldName),
        new("Space in name", Ok + "X Y: 1\r\n\r\n", HeadError.InvalidFieldName),
        new("Empty name", Ok + ": 1\r\n\r\n", HeadError.InvalidFieldName),
        new("No colon", Ok + "X\r\n\r\n", HeadError.InvalidFieldName),
        new("NUL in name", Ok + "X\0: 1\r\n\r\n", HeadError.InvalidFieldName),
        new("Non-ASCII name", Ok + "\u00e4: 1\r\n\r\n", HeadError.InvalidFieldName),
        new("Second status line", Ok + Ok + "\r\n", HeadError.InvalidFieldName),
        new("NUL in value", Ok + "X: a\0b\r\n\r\n", HeadError.InvalidFieldValue),
        new("Escape in value", Ok + "X: \u001b[2J\r\n\r\n", HeadError.InvalidFieldValue),
        new("DEL in value", Ok + "X: a\u007f\r\n\r\n", HeadError.InvalidFieldValue),
        new("65 Connection options", Ok + "Connection: " + string.Join(',', Enumerable.Range(0, 65)) + "\r\n\r\n", HeadError.TooManyConnectionOptions),
    ];

    private static MalformedResponse[] Framings() =>
    [
        .. new[] { "", "+5", "-1", "5, 5", "5,6", "5 5", "0x5", "5a", "5.0", "9223372036854775808", "99999999999999999999" }
            .Select(v => new MalformedResponse($"Content-Length <{v}>", Ok + $"Content-Length: {v}\r\n\r\nhello", HeadError.InvalidContentLength)),
        new("Two Content-Lengths", Ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", HeadError.DuplicateContentLength),
        new("Two equal Content-Lengths", Ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", HeadError.DuplicateContentLength),
        new("Content-Length then chunked", Ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", HeadError.ConflictingFraming),
        new("Chunked then Content-Length", Ok + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", HeadError.ConflictingFraming),
        new("Chunked in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", HeadError.TransferEncodingInHttp10),
        new("Chunked twice", Ok + "Transfer-Encoding: chunked, chunked\r\n\r\n", HeadError.InvalidTransferEncoding),
        new("Chunked twice in lines", Ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", HeadError.InvalidTransferEncoding),
        new("Chunked not last", Ok + "Transfer-Encoding: chunked, gzip\r\n\r\n", HeadError.InvalidTransferEncoding),
        new("Empty Transfer-Encoding", Ok + "Transfer-Encoding: \r\n\r\n", HeadError.InvalidTransferEncoding),
        new("Gzip", Ok + "Transfer-Encoding: gzip\r\n\r\n", HeadError.UnsupportedTransferCoding),
        new("Gzip and chunked", Ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", HeadError.UnsupportedTransferCoding),
        new("Identity", Ok + "Transfer-Encoding: identity\r\n\r\n", HeadError.UnsupportedTransferCoding),
        new("Control character before chunked", Ok + "Transfer-Encoding: \u000bchunked\r\n\r\n", HeadError.InvalidFieldValue),
    ];

    private static MalformedResponse[] Sizes() =>
    [
        new("Endless reason", "HTTP/1.1 200 " + new string('a', 9000), HeadError.HeadTooLarge),
        new("Endless field name", Ok + new string('a', 9000), HeadError.HeadTooLarge),
        new("Endless field value", Ok + "Set-Cookie: " + new string('a', 9000), HeadError.HeadTooLarge),
        new("Head of 8193 bytes", Ok + "X: " + new string('a', 8193 - 24) + "\r\n\r\n", HeadError.HeadTooLarge),
        new("Endless fields", Ok + string.Concat(Enumerable.Repeat("X: 1\r\n", 1400)), HeadError.TooManyFields),
    ];
}
