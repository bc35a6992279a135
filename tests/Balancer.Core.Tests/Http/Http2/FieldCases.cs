using Balancer.TestSupport.Http2;

namespace Balancer.Http.Http2;

/// <summary>Fields and pseudo-headers of requests: RFC 9113 sections 8.2 to 8.5, with all that could smuggle a line into an HTTP/1.1 request.</summary>
internal static class FieldCases
{
    private static readonly ProtocolOutcome Malformed = ProtocolOutcome.Connection(ErrorCode.ProtocolError);
    private static readonly ProtocolOutcome Reset = ProtocolOutcome.Reset(ErrorCode.ProtocolError);
    private static readonly ProtocolOutcome BadRequest = ProtocolOutcome.Response(400);
    private static readonly ProtocolOutcome Ok = ProtocolOutcome.Response(200);

    public static IEnumerable<ProtocolCase> All =>
    [
        Field("8.2.1", "upper case name", "X-Upper", "1", Malformed),
        Field("8.2.1", "empty name", "", "1", ProtocolOutcome.Connection(ErrorCode.CompressionError)),
        Field("8.2.1", "name with a space", "x y", "1", BadRequest),
        Field("8.2.1", "name with a colon", "x:y", "1", BadRequest),
        Field("8.2.1", "name with CR LF", "x\r\ny", "1", BadRequest),
        Field("8.2.1", "name with LF", "x\ny", "1", BadRequest),
        Field("8.2.1", "name with CR", "x\ry", "1", BadRequest),
        Field("8.2.1", "name with NUL", "x\0", "1", Malformed),
        Field("8.2.1", "name with DEL", "x\x7f", "1", BadRequest),
        Field("8.2.1", "name beyond ASCII", "x\xe4", "1", Malformed),
        Field("8.2.1", "name that is a whole head", "x: 1\r\nhost: evil\r\n\r\n", "1", BadRequest),
        Field("8.2.1", "value with CR LF", "x", "1\r\nhost: evil", Malformed),
        Field("8.2.1", "value with LF", "x", "1\ny: 2", Malformed),
        Field("8.2.1", "value with CR", "x", "1\ry: 2", Malformed),
        Field("8.2.1", "value with NUL", "x", "1\0", Malformed),
        Field("8.2.1", "value with a control character", "x", "1\x01", BadRequest),
        Field("8.2.1", "value that begins with a space", "x", " 1", BadRequest),
        Field("8.2.1", "value that ends with a tab", "x", "1\t", BadRequest),
        Field("8.2.1", "value with a request", "x", "1\r\n\r\nGET /evil HTTP/1.1\r\nhost: evil", Malformed),
        Field("8.2.1", "cookie with CR LF", "cookie", "a=1\r\nhost: evil", Malformed),
        Field("8.2.1", "user-agent with LF", "user-agent", "a\nhost: evil", Malformed),
        Field("8.2.1", "value beyond ASCII", "x", "\xe4\xff", Ok),
        Field("8.2.1", "value with a tab inside", "x", "a\tb", Ok),
        Field("8.2.1", "empty value", "x", "", Ok),
        Field("8.2.2", "connection", "connection", "close", Malformed),
        Field("8.2.2", "keep-alive", "keep-alive", "timeout=5", BadRequest),
        Field("8.2.2", "proxy-connection", "proxy-connection", "keep-alive", BadRequest),
        Field("8.2.2", "transfer-encoding", "transfer-encoding", "chunked", BadRequest),
        Field("8.2.2", "transfer-encoding in disguise", "transfer-encoding", "x, chunked", BadRequest),
        Field("8.2.2", "upgrade", "upgrade", "websocket", BadRequest),
        Field("8.2.2", "te other than trailers", "te", "gzip", Malformed),
        Field("8.2.2", "te: trailers", "te", "trailers", Ok),
        new("8.2.2", "transfer-encoding with a body", [.. Frames.Post(1, ("transfer-encoding", "chunked")), .. Frames.Data(1, true, "0\r\n\r\nGET /evil HTTP/1.1\r\nhost: x\r\n\r\n")], BadRequest),
        Pseudo("8.3", "pseudo-header behind a field", [(":method", "GET"), (":scheme", "http"), ("x", "1"), (":path", "/"), (":authority", "test")], Malformed),
        Pseudo("8.3", "pseudo-header nobody knows", [.. Plain, (":x", "1")], Malformed),
        Pseudo("8.3", "pseudo-header of a response", [.. Plain, (":status", "200")], Malformed),
        Pseudo("8.3", ":method twice", [.. Plain, (":method", "POST")], Malformed),
        Pseudo("8.3", ":path twice", [.. Plain, (":path", "/evil")], Malformed),
        Pseudo("8.3", ":scheme twice", [.. Plain, (":scheme", "https")], Malformed),
        Pseudo("8.3", ":authority twice", [.. Plain, (":authority", "evil")], Malformed),
        Pseudo("8.3.1", "no :method", [(":scheme", "http"), (":authority", "test"), (":path", "/")], Reset),
        Pseudo("8.3.1", "no :scheme", [(":method", "GET"), (":authority", "test"), (":path", "/")], Reset),
        Pseudo("8.3.1", "no :path", [(":method", "GET"), (":scheme", "http"), (":authority", "test")], Reset),
        Pseudo("8.3.1", "no :authority and no host", [(":method", "GET"), (":scheme", "http"), (":path", "/")], BadRequest),
        Pseudo("8.3.1", "host in the place of :authority", [(":method", "GET"), (":scheme", "http"), (":path", "/"), ("host", "test")], Ok),
        Pseudo("8.3.1", "host twice", [(":method", "GET"), (":scheme", "http"), (":path", "/"), ("host", "test"), ("host", "evil")], Reset),
        Pseudo("8.3.1", "empty :path", Request(path: ""), Reset),
        Pseudo("8.3.1", ":path without a slash", Request(path: "evil"), Reset),
        Pseudo("8.3.1", ":path in absolute form", Request(path: "http://evil/"), Reset),
        Pseudo("8.3.1", ":path with a space", Request(path: "/ HTTP/1.1"), BadRequest),
        Pseudo("8.3.1", ":path with CR LF", Request(path: "/ HTTP/1.1\r\nhost: evil\r\n\r\n"), Malformed),
        Pseudo("8.3.1", ":path with a fragment", Request(path: "/#x"), BadRequest),
        Pseudo("8.3.1", ":path with LF", Request(path: "/\nhost: evil"), Malformed),
        Pseudo("8.3.1", ":path with CR", Request(path: "/\rx"), Malformed),
        Pseudo("8.3.1", ":path with a tab", Request(path: "/\tHTTP/1.1"), BadRequest),
        Pseudo("8.3.1", ":path with DEL", Request(path: "/\x7f"), BadRequest),
        Pseudo("8.3.1", ":path beyond ASCII", Request(path: "/\xe4"), BadRequest),
        Pseudo("8.3.1", ":path with NUL", Request(path: "/\0"), Malformed),
        Pseudo("8.3.1", ":path * of a GET", Request(path: "*"), Reset),
        Pseudo("8.3.1", ":path * of OPTIONS", [(":method", "OPTIONS"), (":scheme", "http"), (":authority", "test"), (":path", "*")], Ok),
        Pseudo("8.3.1", ":method with a space", Request(method: "GET /evil"), Reset),
        Pseudo("8.3.1", ":method with CR LF", Request(method: "GET / HTTP/1.1\r\nhost: evil\r\n\r\nGET"), Malformed),
        Pseudo("8.3.1", "empty :method", Request(method: ""), Reset),
        Pseudo("8.3.1", ":method with NUL", Request(method: "GET\0"), Malformed),
        Pseudo("8.3.1", ":method with a colon", Request(method: "GET:"), Reset),
        Pseudo("8.3.1", ":method of our own", Request(method: "BREW"), Ok),
        Pseudo("8.3.1", ":method too long", Request(method: new string('A', 33)), ProtocolOutcome.Response(501)),
        Pseudo("8.3.1", ":scheme https on a plain address", Request(scheme: "https"), Ok),
        Pseudo("8.3.1", ":scheme with CR LF", Request(scheme: "http\r\nx: 1"), Malformed),
        Pseudo("8.3.1", "empty :scheme", Request(scheme: ""), Reset),
        Pseudo("8.3.1", ":scheme with a space", Request(scheme: "http x"), Reset),
        Pseudo("8.3.1", "empty :authority beside host", [.. Request(authority: ""), ("host", "test")], Ok),
        Pseudo("8.3.1", ":authority with NUL", Request(authority: "test\0"), Malformed),
        Pseudo("8.3.1", ":authority with a comma", Request(authority: "test,evil"), Reset),
        Pseudo("8.3.1", ":authority with user information", Request(authority: "user@test"), Reset),
        Pseudo("8.3.1", ":authority with CR LF", Request(authority: "test\r\nx: 1"), Malformed),
        Pseudo("8.3.1", ":authority with a space", Request(authority: "test evil"), Reset),
        Pseudo("8.3.1", ":authority with a path", Request(authority: "test/evil"), Reset),
        Pseudo("8.3.1", ":authority with a port out of range", Request(authority: "test:99999"), BadRequest),
        Pseudo("8.3.1", ":authority with a port", Request(authority: "test:8080"), Ok),
        Pseudo("8.5", "CONNECT", [(":method", "CONNECT"), (":authority", "evil:22")], ProtocolOutcome.Response(405)),
        Pseudo("8.5", "CONNECT with :path", [(":method", "CONNECT"), (":scheme", "http"), (":path", "/"), (":authority", "evil:22")], Reset),
        Pseudo("8441 4", "extended CONNECT with a protocol nobody knows", Connect("telnet"), ProtocolOutcome.Response(501)),
        Pseudo("8441 4", "extended CONNECT without :path", [(":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":authority", "test")], Reset),
        Pseudo("8441 4", "extended CONNECT without :scheme", [(":method", "CONNECT"), (":protocol", "websocket"), (":path", "/"), (":authority", "test")], Reset),
        Pseudo("8441 4", ":protocol of a GET", [.. Plain, (":protocol", "websocket")], Reset),
        Pseudo("8441 4", ":protocol twice", [.. Connect("websocket"), (":protocol", "websocket")], Malformed),
        Pseudo("8441 4", ":protocol with CR LF", Connect("websocket\r\nx: 1"), Malformed),
        Pseudo("8441 4", "empty :protocol", Connect(""), Reset),
        Field("9110 9.3.8", "TRACE", "x", "1", ProtocolOutcome.Response(405), "TRACE"),
        Field("9110 8.6", "content-length that is no number", "content-length", "1x", Malformed),
        Field("9110 8.6", "negative content-length", "content-length", "-1", Malformed),
        Field("9110 8.6", "content-length with a sign", "content-length", "+0", Ok),
        Field("9110 8.6", "content-length as a list", "content-length", "0, 0", Malformed),
        Field("9110 8.6", "empty content-length", "content-length", "", Malformed),
        Field("9110 8.6", "content-length in hexadecimal", "content-length", "0x0", Malformed),
        Field("9110 8.6", "content-length too large", "content-length", "99999999999999999999", Malformed),
        Pseudo("9110 8.6", "content-length twice", [.. Plain, ("content-length", "0"), ("content-length", "0")], Malformed),
        Pseudo("9110 8.6", "content-length twice with two values", [.. Plain, ("content-length", "0"), ("content-length", "5")], Malformed),
        Field("9110 10.1.1", "expectation nobody knows", "expect", "fireworks", ProtocolOutcome.Response(417)),
    ];

    private static (string Name, string Value)[] Plain => Request();

    private static (string Name, string Value)[] Request(string method = "GET", string scheme = "http", string authority = "test", string path = "/") =>
        [(":method", method), (":scheme", scheme), (":authority", authority), (":path", path)];

    private static (string Name, string Value)[] Connect(string protocol) =>
        [(":method", "CONNECT"), (":protocol", protocol), (":scheme", "http"), (":path", "/"), (":authority", "test")];

    private static ProtocolCase Field(string section, string name, string field, string value, ProtocolOutcome outcome, string method = "GET") =>
        Pseudo(section, name, [.. Request(method), (field, value)], outcome);

    private static ProtocolCase Pseudo(string section, string name, (string Name, string Value)[] fields, ProtocolOutcome outcome) =>
        new(section, name, Frames.Headers(1, true, fields), outcome) { Passed = outcome.Status == 200 ? 1 : 0 };
}
