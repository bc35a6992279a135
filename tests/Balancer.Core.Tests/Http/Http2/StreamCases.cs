using Balancer.TestSupport.Http2;

namespace Balancer.Http.Http2;

/// <summary>What may follow what on a stream: RFC 9113 sections 5.1 and 8.1.</summary>
internal static class StreamCases
{
    private static readonly ProtocolOutcome ProtocolError = ProtocolOutcome.Connection(ErrorCode.ProtocolError);
    private static readonly ProtocolOutcome Ok = ProtocolOutcome.Response(200);

    public static IEnumerable<ProtocolCase> All =>
    [
        new("5.1", "DATA on a stream the client has ended", [.. Frames.Get(1, "/hold"), .. Frames.Data(1, false, "x")], ProtocolOutcome.Connection(ErrorCode.StreamClosed)) { Passed = 1 },
        new("5.1", "HEADERS on a stream the client has ended", [.. Frames.Get(1, "/hold"), .. Frames.Get(1)], ProtocolOutcome.Connection(ErrorCode.StreamClosed)) { Passed = 1 },
        new("5.1", "CONTINUATION on a stream the client has ended", [.. Frames.Get(1, "/hold"), .. Frames.Of(FrameType.Continuation, FrameFlags.EndHeaders, 1)], ProtocolError) { Passed = 1 },
        new("5.1", "DATA behind a RST_STREAM", [.. Frames.Post(1), .. Frames.Reset(1), .. Frames.Data(1, true, "x")], ProtocolOutcome.Connection(ErrorCode.StreamClosed)),
        new("5.1", "HEADERS behind a RST_STREAM", [.. Frames.Post(1), .. Frames.Reset(1), .. Frames.Get(1)], ProtocolOutcome.Connection(ErrorCode.StreamClosed)),
        new("5.1", "DATA on a stream that is over", Frames.Get(1), ProtocolOutcome.Connection(ErrorCode.StreamClosed)) { Passed = 1, Later = Frames.Data(1, true, "x") },
        new("5.1", "HEADERS on a stream that is over", Frames.Get(1), ProtocolOutcome.Connection(ErrorCode.StreamClosed)) { Passed = 1, Later = Frames.Get(1) },
        new("5.1", "WINDOW_UPDATE on a stream that is over", Frames.Get(1), ProtocolOutcome.Nothing) { Passed = 1, Later = Frames.WindowUpdate(1, 1) },
        new("5.1", "RST_STREAM on a stream that is over", Frames.Get(1), ProtocolOutcome.Nothing) { Passed = 1, Later = Frames.Reset(1) },
        new("5.1", "PRIORITY on a stream that is over", Frames.Get(1), ProtocolOutcome.Nothing) { Passed = 1, Later = Frames.Priority(1, 0) },
        new("5.1.1", "even stream identifier", Frames.Get(2), ProtocolError),
        new("5.1.1", "stream identifier below one that was used", [.. Frames.Post(5), .. Frames.Get(3)], ProtocolOutcome.Connection(ErrorCode.StreamClosed)),
        new("5.1.1", "stream identifiers with gaps", [.. Frames.Get(7), .. Frames.Get(1001)], ProtocolOutcome.Response(200, 1001)) { Passed = 2 },
        new("5.1.2", "more streams than allowed", [.. Enumerable.Range(0, 5).SelectMany(i => Frames.Post((2 * i) + 1))], ProtocolOutcome.Reset(ErrorCode.RefusedStream, 9)),
        new("5.3", "PRIORITY of a stream on itself", [.. Frames.Priority(1, 1), .. Frames.Get(1)], ProtocolError),
        new("8.1", "request with a body in pieces", [.. Frames.Post(1), .. Frames.Data(1, false, "a"), .. Frames.Data(1, false, ""), .. Frames.Data(1, true, "b")], Ok) { Passed = 1 },
        new("8.1", "request with trailers", [.. Frames.Post(1), .. Frames.Data(1, false, "a"), .. Frames.Headers(1, true, ("x-sum", "1"))], Ok) { Passed = 1 },
        new("8.1", "trailers that do not end the stream", [.. Frames.Post(1), .. Frames.Data(1, false, "a"), .. Frames.Headers(1, false, ("x-sum", "1"))], ProtocolError),
        new("8.1", "trailers with a pseudo-header", [.. Frames.Post(1), .. Frames.Data(1, false, "a"), .. Frames.Headers(1, true, (":path", "/"))], ProtocolError),
        new("8.1", "trailers with a name in upper case", Trailers("X-Sum", "1"), ProtocolError) { Passed = 1 },
        new("8.1", "trailers with connection", Trailers("connection", "close"), ProtocolError) { Passed = 1 },
        new("8.1", "trailers with NUL in a value", Trailers("x-sum", "1\0"), ProtocolError) { Passed = 1 },
        new("8.1", "DATA behind trailers", [.. Frames.Post(1, (":x", "")), .. Frames.Headers(1, true, ("x-sum", "1")), .. Frames.Data(1, true, "")], ProtocolError),
        new("8.1.1", "fewer bytes than content-length", [.. Frames.Post(1, ("content-length", "3")), .. Frames.Data(1, true, "ab")], ProtocolOutcome.Reset(ErrorCode.ProtocolError)),
        new("8.1.1", "bytes behind content-length 0", [.. Frames.Post(1, ("content-length", "0")), .. Frames.Data(1, true, "GET /evil HTTP/1.1\r\nhost: x\r\n\r\n")], ProtocolOutcome.Reset(ErrorCode.ProtocolError)) { Passed = 1 },
        new("8.1.1", "more bytes than content-length", [.. Frames.Post(1, ("content-length", "1")), .. Frames.Data(1, true, "ab")], ProtocolOutcome.Reset(ErrorCode.ProtocolError)),
        new("8.1.1", "more bytes than content-length in a later frame", [.. Frames.Post(1, ("content-length", "1")), .. Frames.Data(1, false, "a"), .. Frames.Data(1, true, "b")], ProtocolOutcome.Reset(ErrorCode.ProtocolError)),
        new("8.1.1", "no bytes behind content-length", [.. Frames.Post(1, ("content-length", "1")), .. Frames.Data(1, true, "")], ProtocolOutcome.Reset(ErrorCode.ProtocolError)),
        new("8.1.1", "content-length without a body", Frames.Headers(1, true, [(":method", "POST"), (":scheme", "http"), (":authority", "test"), (":path", "/"), ("content-length", "1")]), ProtocolOutcome.Reset(ErrorCode.ProtocolError)),
        new("8.1.1", "as many bytes as content-length", [.. Frames.Post(1, ("content-length", "3")), .. Frames.Data(1, false, "ab"), .. Frames.Data(1, true, "c")], Ok) { Passed = 1 },
    ];

    private static byte[] Trailers(string name, string value) => [.. Frames.Post(1), .. Frames.Data(1, false, "a"), .. Frames.Headers(1, true, (name, value))];
}
