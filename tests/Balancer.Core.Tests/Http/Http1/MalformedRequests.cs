namespace Balancer.Http.Http1;

/// <summary>Every malformed or smuggling request head the parser must refuse, with the default limits (<c>large_client_header_buffers 4 8k</c>).</summary>
internal static class MalformedRequests
{
    private const string Line = "GET / HTTP/1.1\r\n";
    private const string Host = "Host: a.example\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: a.example\r\n";
    private const string Smuggled = "GET /smuggled HTTP/1.1\r\nHost: a.example\r\n\r\n";

    /// <summary>The rows.</summary>
    public static IReadOnlyList<MalformedRequest> All { get; } =
    [
        .. RequestLines(), .. Targets(), .. Versions(), .. LineEnds(), .. FieldNames(), .. FieldValues(), .. Hosts(), .. ContentLengths(),
        .. TransferEncodings(), .. Expectations(), .. Sizes(),
    ];

    /// <summary>The row of a name, for theories, whose data must be plain.</summary>
    public static MalformedRequest Get(string name) => All.Single(r => r.Name == name);

    private static MalformedRequest[] RequestLines() =>
    [
        new("TLS handshake", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", 400, HeadError.TlsOnPlainPort),
        new("Binary garbage", "\u00ff\u00fe\u0000\u0001\r\n\r\n", 400, HeadError.MalformedRequestLine),
        new("HTTP/0.9 request", "GET /\r\n", 400, HeadError.MalformedRequestLine),
        new("Method alone", "GET\r\n" + Host + "\r\n", 400, HeadError.MalformedRequestLine),
        new("No method", " / HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.MalformedRequestLine),
        new("No target", "GET HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.MalformedRequestLine),
        new("Empty target", "GET  HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.MalformedRequestLine),
        new("Two spaces after method", "GET  / HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.MalformedRequestLine),
        new("Two spaces before version", "GET /  HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.MalformedVersion),
        new("Space after version", "GET / HTTP/1.1 \r\n" + Host + "\r\n", 400, HeadError.MalformedVersion),
        new("Tab after method", "GET\t/ HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.MalformedRequestLine),
        new("Tab before version", "GET /\tHTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidTarget),
        new("Leading space", " GET / HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.MalformedRequestLine),
        new("Three empty lines before", "\r\n\r\n\r\n" + Line + Host + "\r\n", 400, HeadError.MalformedRequestLine),
        new("Bare LF before", "\n" + Line + Host + "\r\n", 400, HeadError.BareLineFeed),
        new("Bare CR before", "\r" + Line + Host + "\r\n", 400, HeadError.BareCarriageReturn),
        new("Colon in method", "GE:T / HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.MalformedRequestLine),
        new("Bracket in method", "G(ET / HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.MalformedRequestLine),
        new("NUL in method", "G\0ET / HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.MalformedRequestLine),
        new("Non-ASCII method", "G\u00c9T / HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.MalformedRequestLine),
        new("Method of 33 bytes", new string('A', 33) + " / HTTP/1.1\r\n" + Host + "\r\n", 501, HeadError.MethodTooLong),
        new("Endless method", new string('A', 40_000), 501, HeadError.MethodTooLong),
        new("CONNECT", "CONNECT a.example:443 HTTP/1.1\r\n" + Host + "\r\n", 405, HeadError.MethodNotAllowed),
        new("TRACE", "TRACE / HTTP/1.1\r\n" + Host + "\r\n", 405, HeadError.MethodNotAllowed),
        new("Field line first", Host + Line + "\r\n", 400, HeadError.MalformedRequestLine),
        new("Response", "HTTP/1.1 200 OK\r\n\r\n", 400, HeadError.MalformedRequestLine),
    ];

    private static MalformedRequest[] Targets() =>
    [
        new("Relative target", "GET index.html HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidTarget),
        new("Query alone as target", "GET ?a=b HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidTarget),
        new("Fragment", "GET /a#b HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidTarget),
        new("NUL in target", "GET /a\0b HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidTarget),
        new("Control character in target", "GET /a\u0001b HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidTarget),
        new("DEL in target", "GET /a\u007fb HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidTarget),
        new("Non-ASCII target", "GET /caf\u00e9 HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidTarget),
        new("Non-ASCII query", "GET /?q=\u00fc HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidTarget),
        new("Bare CR in target", "GET /a\rb HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.MalformedRequestLine),
        new("Space in target", "GET /a b HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.MalformedVersion),
        new("Asterisk with GET", "GET * HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidTarget),
        new("Asterisk with more", "OPTIONS */a HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidTarget),
        new("Authority without CONNECT", "GET a.example:80 HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidTarget),
        new("Scheme ftp", "GET ftp://a.example/ HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidTarget),
        new("Scheme without slashes", "GET http:a.example/ HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidTarget),
        new("Absolute without host", "GET http:///a HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidHost),
        new("Absolute with nothing", "GET http:// HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidTarget),
        new("Absolute with port alone", "GET http://:80/ HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidHost),
        new("Absolute with user", "GET http://user@a.example/ HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidHost),
        new("Absolute with bad port", "GET http://a.example:8x/ HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidHost),
        new("Absolute with backslash", "GET http://a.example\\b/ HTTP/1.1\r\n" + Host + "\r\n", 400, HeadError.InvalidHost),
        new("Absolute without Host field", "GET http://a.example/ HTTP/1.1\r\n\r\n", 400, HeadError.MissingHost),
        new("Absolute with bad Host field", "GET http://a.example/ HTTP/1.1\r\nHost: a b\r\n\r\n", 400, HeadError.InvalidHost),
    ];

    private static MalformedRequest[] Versions() =>
    [
        new("HTTP/2.0 on the line", "GET / HTTP/2.0\r\n" + Host + "\r\n", 505, HeadError.VersionNotSupported),
        new("HTTP/0.9 on the line", "GET / HTTP/0.9\r\n" + Host + "\r\n", 505, HeadError.VersionNotSupported),
        new("HTTP/3.0 on the line", "GET / HTTP/3.0\r\n" + Host + "\r\n", 505, HeadError.VersionNotSupported),
        new("Lower-case http", "GET / http/1.1\r\n" + Host + "\r\n", 400, HeadError.MalformedVersion),
        new("HTTPS as name", "GET / HTTPS/1.1\r\n" + Host + "\r\n", 400, HeadError.MalformedVersion),
        new("Version of one number", "GET / HTTP/1\r\n" + Host + "\r\n", 400, HeadError.MalformedVersion),
        new("Two digits minor", "GET / HTTP/1.10\r\n" + Host + "\r\n", 400, HeadError.MalformedVersion),
        new("Two digits major", "GET / HTTP/11.1\r\n" + Host + "\r\n", 400, HeadError.MalformedVersion),
        new("Comma in version", "GET / HTTP/1,1\r\n" + Host + "\r\n", 400, HeadError.MalformedVersion),
        new("Letter in version", "GET / HTTP/1.x\r\n" + Host + "\r\n", 400, HeadError.MalformedVersion),
        new("Preface with another method", "PRJ * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, HeadError.InvalidTarget),
        new("Broken preface", "PRI * HTTP/2.0\r\n\r\nXM\r\n\r\n", 400, HeadError.InvalidTarget),
    ];

    private static MalformedRequest[] LineEnds() =>
    [
        new("LF alone after request line", "GET / HTTP/1.1\n" + Host + "\r\n", 400, HeadError.BareLineFeed),
        new("CR alone after request line", "GET / HTTP/1.1\r" + Host + "\r\n", 400, HeadError.BareCarriageReturn),
        new("CR CR LF after request line", "GET / HTTP/1.1\r\r\n" + Host + "\r\n", 400, HeadError.BareCarriageReturn),
        new("LF alone after field", Line + "Host: a.example\n\r\n", 400, HeadError.BareLineFeed),
        new("LF alone between fields", Line + "Host: a.example\nX: 1\r\n\r\n", 400, HeadError.BareLineFeed),
        new("CR alone between fields", Line + "Host: a.example\rX: 1\r\n\r\n", 400, HeadError.BareCarriageReturn),
        new("CR CR LF after field", Line + "Host: a.example\r\r\n\r\n", 400, HeadError.BareCarriageReturn),
        new("LF alone ends the head", Line + Host + "\n", 400, HeadError.BareLineFeed),
        new("CR alone ends the head", Line + Host + "\rX", 400, HeadError.BareCarriageReturn),
        new("LF LF ends the head", Line + "Host: a.example\n\n" + Smuggled, 400, HeadError.BareLineFeed),
        new("LF in field name", Line + Host + "X\nY: 1\r\n\r\n", 400, HeadError.BareLineFeed),
        new("Folded field", Line + Host + "X: 1\r\n 2\r\n\r\n", 400, HeadError.LeadingWhitespace),
        new("Field folded with tab", Line + Host + "X: 1\r\n\t2\r\n\r\n", 400, HeadError.LeadingWhitespace),
        new("Folded Transfer-Encoding", Post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400, HeadError.InvalidTransferEncoding),
        new("White space before first field", Line + " " + Host + "\r\n", 400, HeadError.LeadingWhitespace),
        new("Line of white space", Line + Host + " \r\n\r\n", 400, HeadError.LeadingWhitespace),
    ];

    private static MalformedRequest[] FieldNames() =>
    [
        new("Space before colon", Line + "Host : a.example\r\n\r\n", 400, HeadError.InvalidFieldName),
        new("Tab before colon", Line + "Host\t: a.example\r\n\r\n", 400, HeadError.InvalidFieldName),
        new("Space before colon of Content-Length", Post + "Content-Length : 5\r\n\r\nhello", 400, HeadError.InvalidFieldName),
        new("Space before colon of Transfer-Encoding", Post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400, HeadError.InvalidFieldName),
        new("Space in name", Line + Host + "X Y: 1\r\n\r\n", 400, HeadError.InvalidFieldName),
        new("Empty name", Line + Host + ": 1\r\n\r\n", 400, HeadError.InvalidFieldName),
        new("No colon", Line + Host + "X\r\n\r\n", 400, HeadError.InvalidFieldName),
        new("NUL in name", Line + Host + "X\0Y: 1\r\n\r\n", 400, HeadError.InvalidFieldName),
        new("CR in name", Line + Host + "X\rY: 1\r\n\r\n", 400, HeadError.InvalidFieldName),
        new("Non-ASCII name", Line + Host + "X\u00e4: 1\r\n\r\n", 400, HeadError.InvalidFieldName),
        new("Vertical tab around name", Post + "\vTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, HeadError.InvalidFieldName),
        new("Bracket in name", Line + Host + "X(Y): 1\r\n\r\n", 400, HeadError.InvalidFieldName),
        new("Quote in name", Line + Host + "\"X\": 1\r\n\r\n", 400, HeadError.InvalidFieldName),
        new("Slash in name", Line + Host + "X/Y: 1\r\n\r\n", 400, HeadError.InvalidFieldName),
        new("Second request line as field", Line + Host + "GET /smuggled HTTP/1.1\r\n\r\n", 400, HeadError.InvalidFieldName),
    ];

    private static MalformedRequest[] FieldValues() =>
    [
        new("NUL in value", Line + Host + "X: a\0b\r\n\r\n", 400, HeadError.InvalidFieldValue),
        new("Bell in value", Line + Host + "X: a\ab\r\n\r\n", 400, HeadError.InvalidFieldValue),
        new("Escape in value", Line + Host + "X: \u001b[31m\r\n\r\n", 400, HeadError.InvalidFieldValue),
        new("DEL in value", Line + Host + "X: a\u007fb\r\n\r\n", 400, HeadError.InvalidFieldValue),
        new("Vertical tab in value", Post + "Transfer-Encoding:\vchunked\r\n\r\n0\r\n\r\n", 400, HeadError.InvalidFieldValue),
        new("Form feed in value", Post + "Content-Length:\f5\r\n\r\nhello", 400, HeadError.InvalidFieldValue),
        new("NUL ends the value", Post + "Transfer-Encoding: chunked\0\r\n\r\n0\r\n\r\n", 400, HeadError.InvalidFieldValue),
        new("CR in value", Line + Host + "X: a\rb\r\n\r\n", 400, HeadError.BareCarriageReturn),
        new("Response splitting by CR", Line + Host + "X: a\rSet-Cookie: b\r\n\r\n", 400, HeadError.BareCarriageReturn),
        new("65 Connection options", Line + Host + "Connection: " + string.Join(',', Enumerable.Range(0, 65).Select(i => "x" + i)) + "\r\n\r\n", 400, HeadError.TooManyConnectionOptions),
        new("65 Connection lines", Line + Host + string.Concat(Enumerable.Repeat("Connection: close\r\n", 65)) + "\r\n", 400, HeadError.TooManyConnectionOptions),
    ];

    private static MalformedRequest[] Hosts() =>
    [
        new("No Host", Line + "X: 1\r\n\r\n", 400, HeadError.MissingHost),
        new("No fields", Line + "\r\n", 400, HeadError.MissingHost),
        new("No Host in HTTP/1.2", "GET / HTTP/1.2\r\n\r\n", 400, HeadError.MissingHost),
        new("Two Hosts", Line + Host + "Host: b.example\r\n\r\n", 400, HeadError.DuplicateHost),
        new("Two equal Hosts", Line + Host + Host + "\r\n", 400, HeadError.DuplicateHost),
        new("Two Hosts in other case", Line + Host + "hOST: a.example\r\n\r\n", 400, HeadError.DuplicateHost),
        new("Two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\n" + Host + Host + "\r\n", 400, HeadError.DuplicateHost),
        new("Empty Host", Line + "Host:\r\n\r\n", 400, HeadError.InvalidHost),
        new("Blank Host", Line + "Host: \t \r\n\r\n", 400, HeadError.InvalidHost),
        new("List in Host", Line + "Host: a.example, b.example\r\n\r\n", 400, HeadError.InvalidHost),
        new("Space in Host", Line + "Host: a.example b\r\n\r\n", 400, HeadError.InvalidHost),
        new("Path in Host", Line + "Host: a.example/b\r\n\r\n", 400, HeadError.InvalidHost),
        new("Query in Host", Line + "Host: a.example?b\r\n\r\n", 400, HeadError.InvalidHost),
        new("Fragment in Host", Line + "Host: a.example#b\r\n\r\n", 400, HeadError.InvalidHost),
        new("User in Host", Line + "Host: user@a.example\r\n\r\n", 400, HeadError.InvalidHost),
        new("Backslash in Host", Line + "Host: a\\b\r\n\r\n", 400, HeadError.InvalidHost),
        new("Non-ASCII Host", Line + "Host: \u00e4.example\r\n\r\n", 400, HeadError.InvalidHost),
        new("Broken percent in Host", Line + "Host: a%2.example\r\n\r\n", 400, HeadError.InvalidHost),
        new("Two dots in Host", Line + "Host: a..example\r\n\r\n", 400, HeadError.InvalidHost),
        new("Dot as Host", Line + "Host: .\r\n\r\n", 400, HeadError.InvalidHost),
        new("Port alone in Host", Line + "Host: :80\r\n\r\n", 400, HeadError.InvalidHost),
        new("Letters as port", Line + "Host: a.example:http\r\n\r\n", 400, HeadError.InvalidHost),
        new("Signed port", Line + "Host: a.example:+80\r\n\r\n", 400, HeadError.InvalidHost),
        new("Two ports", Line + "Host: a.example:80:80\r\n\r\n", 400, HeadError.InvalidHost),
        new("Port above 65535", Line + "Host: a.example:65536\r\n\r\n", 400, HeadError.InvalidHost),
        new("Open bracket in Host", Line + "Host: [::1\r\n\r\n", 400, HeadError.InvalidHost),
        new("No address in brackets", Line + "Host: [a.example]\r\n\r\n", 400, HeadError.InvalidHost),
        new("IPv4 in brackets", Line + "Host: [127.0.0.1]\r\n\r\n", 400, HeadError.InvalidHost),
        new("Zone in brackets", Line + "Host: [fe80::1%25lo]\r\n\r\n", 400, HeadError.InvalidHost),
        new("Text behind brackets", Line + "Host: [::1]a\r\n\r\n", 400, HeadError.InvalidHost),
        new("IPv6 without brackets", Line + "Host: ::1\r\n\r\n", 400, HeadError.InvalidHost),
        new("Quotes around Host", Line + "Host: \"a.example\"\r\n\r\n", 400, HeadError.InvalidHost),
    ];

    private static MalformedRequest[] ContentLengths() =>
    [
        .. new[]
        {
            "", "+5", "-5", "5 5", "5,5", "5, 5", "5, 6", "0x5", "5a", "a", "5.0", "1e1", "5;", "\"5\"", "５", "9223372036854775808", "18446744073709551621",
            "99999999999999999999999999", "-0", ",5", "5,", "0 5",
        }.Select(v => new MalformedRequest($"Content-Length <{v}>", Post + $"Content-Length: {v.Replace("５", "\u00ef\u00bc\u0095", StringComparison.Ordinal)}\r\n\r\nhello", 400, HeadError.InvalidContentLength)),
        new("Two Content-Lengths", Post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400, HeadError.DuplicateContentLength),
        new("Two equal Content-Lengths", Post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400, HeadError.DuplicateContentLength),
        new("Two Content-Lengths of nothing", Post + "Content-Length: 0\r\ncontent-length: 0\r\n\r\n", 400, HeadError.DuplicateContentLength),
        new("Content-Length on GET with list", Line + Host + "Content-Length: 0, 44\r\n\r\n" + Smuggled, 400, HeadError.InvalidContentLength),
    ];

    private static MalformedRequest[] TransferEncodings() =>
    [
        new("Content-Length then chunked", Post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Smuggled, 400, HeadError.ConflictingFraming),
        new("Chunked then Content-Length", Post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + Smuggled, 400, HeadError.ConflictingFraming),
        new("Chunked with bad Content-Length", Post + "Transfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n0\r\n\r\n", 400, HeadError.ConflictingFraming),
        new("Content-Length 0 with chunked", Post + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, HeadError.ConflictingFraming),
        new("Content-Length with identity", Post + "Content-Length: 5\r\nTransfer-Encoding: identity\r\n\r\nhello", 400, HeadError.ConflictingFraming),
        new("Chunked in HTTP/1.0", "POST / HTTP/1.0\r\n" + Host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, HeadError.TransferEncodingInHttp10),
        new("Empty Transfer-Encoding", Post + "Transfer-Encoding:\r\n\r\n0\r\n\r\n", 400, HeadError.InvalidTransferEncoding),
        new("Chunked twice in a list", Post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400, HeadError.InvalidTransferEncoding),
        new("Chunked twice in lines", Post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, HeadError.InvalidTransferEncoding),
        new("Chunked then identity in lines", Post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 400, HeadError.InvalidTransferEncoding),
        new("Chunked not last", Post + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 400, HeadError.InvalidTransferEncoding),
        new("Comma behind chunked", Post + "Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n", 400, HeadError.InvalidTransferEncoding),
        new("Comma before chunked", Post + "Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n", 400, HeadError.InvalidTransferEncoding),
        new("Quoted chunked", Post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 400, HeadError.InvalidTransferEncoding),
        new("Chunked with parameter", Post + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n", 400, HeadError.InvalidTransferEncoding),
        new("Space in chunked", Post + "Transfer-Encoding: chun ked\r\n\r\n0\r\n\r\n", 400, HeadError.InvalidTransferEncoding),
        new("Non-ASCII chunked", Post + "Transfer-Encoding: chunked\u00a0\r\n\r\n0\r\n\r\n", 400, HeadError.InvalidTransferEncoding),
        new("Gzip", Post + "Transfer-Encoding: gzip\r\n\r\n", 501, HeadError.UnsupportedTransferCoding),
        new("Gzip and chunked", Post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, HeadError.UnsupportedTransferCoding),
        new("Gzip and chunked in lines", Post + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501, HeadError.UnsupportedTransferCoding),
        new("Identity", Post + "Transfer-Encoding: identity\r\n\r\n", 501, HeadError.UnsupportedTransferCoding),
        new("Almost chunked", Post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501, HeadError.UnsupportedTransferCoding),
        new("Chunked and more letters", Post + "Transfer-Encoding: chunkedx\r\n\r\n0\r\n\r\n", 501, HeadError.UnsupportedTransferCoding),
    ];

    private static MalformedRequest[] Expectations() =>
    [
        new("Unknown expectation", Post + "Expect: 200-ok\r\nContent-Length: 5\r\n\r\nhello", 417, HeadError.ExpectationFailed),
        new("Expectation with more", Post + "Expect: 100-continue, x\r\nContent-Length: 5\r\n\r\nhello", 417, HeadError.ExpectationFailed),
        new("Empty expectation", Post + "Expect:\r\n\r\n", 417, HeadError.ExpectationFailed),
    ];

    private static MalformedRequest[] Sizes() =>
    [
        new("Request line of 8193 bytes", "GET /" + new string('a', 8193 - 16) + " HTTP/1.1\r\n" + Host + "\r\n", 414, HeadError.RequestLineTooLong),
        new("Endless target", "GET /" + new string('a', 40_000), 414, HeadError.RequestLineTooLong),
        new("Field line of 8193 bytes", Line + Host + "X: " + new string('a', 8193 - 5) + "\r\n\r\n", 431, HeadError.FieldLineTooLong),
        new("Endless field name", Line + Host + new string('a', 40_000), 431, HeadError.FieldLineTooLong),
        new("Endless field value", Line + Host + "Cookie: " + new string('a', 40_000), 431, HeadError.FieldLineTooLong),
        new("Head of more than 32k", Line + Host + string.Concat(Enumerable.Repeat("X: " + new string('a', 7000) + "\r\n", 5)) + "\r\n", 431, HeadError.HeadTooLarge),
        new("1001 fields", Line + Host + string.Concat(Enumerable.Repeat("X: 1\r\n", 1000)) + "\r\n", 431, HeadError.TooManyFields),
    ];
}
