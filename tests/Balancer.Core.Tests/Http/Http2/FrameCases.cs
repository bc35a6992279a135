using Balancer.TestSupport.Http2;

namespace Balancer.Http.Http2;

/// <summary>Frames by themselves: RFC 9113 sections 3 to 6.</summary>
internal static class FrameCases
{
    private static readonly ProtocolOutcome ProtocolError = ProtocolOutcome.Connection(ErrorCode.ProtocolError);
    private static readonly ProtocolOutcome FrameSizeError = ProtocolOutcome.Connection(ErrorCode.FrameSizeError);
    private static readonly ProtocolOutcome FlowControlError = ProtocolOutcome.Connection(ErrorCode.FlowControlError);
    private static readonly ProtocolOutcome Ok = ProtocolOutcome.Response(200);

    public static IEnumerable<ProtocolCase> All =>
    [
        new("3.4", "PING in the place of the first SETTINGS", [.. Frames.Preface, .. Frames.Ping()], ProtocolError) { IsFromStart = true },
        new("3.4", "HEADERS in the place of the first SETTINGS", [.. Frames.Preface, .. Frames.Get(1)], ProtocolError) { IsFromStart = true },
        new("3.4", "preface in pieces of one frame", [.. Frames.Preface, .. Frames.Settings(), .. Frames.Get(1)], Ok) { IsFromStart = true, Passed = 1 },
        new("3.4", "preface twice", Frames.Preface, ProtocolOutcome.Connection(ErrorCode.FrameSizeError)),
        new("4.1", "frame of an unknown type", [.. Frames.Of(FrameType.Unknown, FrameFlags.None, 0, 1, 2, 3), .. Frames.Get(1)], Ok) { Passed = 1 },
        new("4.1", "frame of an unknown type on a stream", [.. Frames.Post(1), .. Frames.Of(FrameType.Unknown, FrameFlags.None, 1, 1), .. Frames.Data(1, true, "")], Ok) { Passed = 1 },
        new("4.1", "flags without a meaning", [.. Frames.Of(FrameType.Ping, (FrameFlags)0x16, 0, new byte[8]), .. Frames.Get(1)], Ok) { Passed = 1 },
        new("4.1", "the reserved bit of a stream identifier", [.. Frames.Of(FrameType.Ping, FrameFlags.None, int.MinValue, new byte[8]), .. Frames.Get(1)], Ok) { Passed = 1 },
        new("4.2", "DATA of the greatest size", [.. Frames.Post(1), .. Frames.Data(1, true, new byte[16_384])], Ok) { Passed = 1 },
        new("4.2", "DATA above the greatest size", [.. Frames.Post(1), .. Frames.Data(1, true, new byte[16_385])], FrameSizeError),
        new("4.2", "HEADERS above the greatest size", Frames.Headers(1, true, [.. Plain, ("x", new string('a', 17_000))]), FrameSizeError),
        new("4.2", "SETTINGS above the greatest size", Frames.Of(FrameType.Settings, FrameFlags.None, 0, new byte[16_386]), FrameSizeError),
        new("4.2", "unknown frame above the greatest size", Frames.Of(FrameType.Unknown, FrameFlags.None, 0, new byte[16_385]), FrameSizeError),
        new("6.1", "DATA on stream 0", Frames.Data(0, false, "x"), ProtocolError),
        new("6.1", "DATA on an idle stream", Frames.Data(1, false, "x"), ProtocolError),
        new("6.1", "DATA with padding", [.. Frames.Post(1), .. Frames.Of(FrameType.Data, FrameFlags.EndStream | FrameFlags.Padded, 1, 2, (byte)'x', 0, 0)], Ok) { Passed = 1 },
        new("6.1", "DATA of padding alone", [.. Frames.Post(1), .. Frames.Of(FrameType.Data, FrameFlags.EndStream | FrameFlags.Padded, 1, 2, 0, 0)], Ok) { Passed = 1 },
        new("6.1", "DATA with padding as long as the frame", [.. Frames.Post(1), .. Frames.Of(FrameType.Data, FrameFlags.Padded, 1, 3, 0, 0)], ProtocolError),
        new("6.1", "DATA with padding without its length", [.. Frames.Post(1), .. Frames.Of(FrameType.Data, FrameFlags.Padded, 1)], FrameSizeError),
        new("6.2", "HEADERS on stream 0", Frames.Headers(0, true, Plain), ProtocolError),
        new("6.2", "HEADERS with padding", Frames.Of(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream | FrameFlags.Padded, 1, [2, .. HpackWriter.Write(Plain), 0, 0]), Ok) { Passed = 1 },
        new("6.2", "HEADERS with padding as long as the frame", Frames.Of(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream | FrameFlags.Padded, 1, 9, 0, 0), ProtocolError),
        new("6.2", "HEADERS with priority", Frames.Of(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream | FrameFlags.Priority, 1, [0, 0, 0, 0, 15, .. HpackWriter.Write(Plain)]), Ok) { Passed = 1 },
        new("6.2", "HEADERS too short for its priority", Frames.Of(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream | FrameFlags.Priority, 1, 0, 0, 0), FrameSizeError),
        new("6.2", "HEADERS within another block", [.. OpenBlock(1), .. Frames.Get(3)], ProtocolError),
        new("6.2", "DATA within a block", [.. OpenBlock(1), .. Frames.Data(1, true, "")], ProtocolError),
        new("6.2", "PING within a block", [.. OpenBlock(1), .. Frames.Ping()], ProtocolError),
        new("6.2", "unknown frame within a block", [.. OpenBlock(1), .. Frames.Of(FrameType.Unknown, FrameFlags.None, 1)], ProtocolError),
        new("6.3", "PRIORITY", [.. Frames.Priority(1, 0), .. Frames.Get(1)], Ok) { Passed = 1 },
        new("6.3", "PRIORITY on stream 0", Frames.Priority(0, 1), ProtocolError),
        new("6.3", "PRIORITY too short", [.. Frames.Post(1), .. Frames.Of(FrameType.Priority, FrameFlags.None, 1, 0, 0, 0, 0)], FrameSizeError),
        new("6.3", "PRIORITY too long", [.. Frames.Post(1), .. Frames.Of(FrameType.Priority, FrameFlags.None, 1, 0, 0, 0, 0, 0, 0)], FrameSizeError),
        new("6.4", "RST_STREAM on stream 0", Frames.Reset(0), ProtocolError),
        new("6.4", "RST_STREAM on an idle stream", Frames.Reset(1), ProtocolError),
        new("6.4", "RST_STREAM too short", [.. Frames.Post(1), .. Frames.Of(FrameType.RstStream, FrameFlags.None, 1, 0, 0, 0)], FrameSizeError),
        new("6.4", "RST_STREAM too long", [.. Frames.Post(1), .. Frames.Of(FrameType.RstStream, FrameFlags.None, 1, 0, 0, 0, 0, 8)], FrameSizeError),
        new("6.5", "SETTINGS on a stream", Frames.Of(FrameType.Settings, FrameFlags.None, 1), ProtocolError),
        new("6.5", "SETTINGS that ends within a setting", Frames.Of(FrameType.Settings, FrameFlags.None, 0, 0, 3, 0, 0, 0), FrameSizeError),
        new("6.5", "acknowledgement of SETTINGS with a payload", Frames.Of(FrameType.Settings, FrameFlags.EndStream, 0, 0, 3, 0, 0, 0, 1), FrameSizeError),
        new("6.5.2", "SETTINGS_ENABLE_PUSH other than 0 and 1", Frames.Settings((2, 2)), ProtocolError),
        new("6.5.2", "SETTINGS_INITIAL_WINDOW_SIZE above 2^31-1", Frames.Settings((4, 0x8000_0000)), FlowControlError),
        new("6.5.2", "SETTINGS_MAX_FRAME_SIZE below 16,384", Frames.Settings((5, 16_383)), ProtocolError),
        new("6.5.2", "SETTINGS_MAX_FRAME_SIZE above 16,777,215", Frames.Settings((5, 16_777_216)), ProtocolError),
        new("6.5.2", "setting nobody knows", [.. Frames.Settings((0xff, 1)), .. Frames.Get(1)], Ok) { Passed = 1 },
        new("6.5.2", "many settings at once", [.. Frames.Settings((1, 0), (2, 0), (3, 1), (4, 70_000), (5, 20_000), (6, 100)), .. Frames.Get(1)], Ok) { Passed = 1 },
        new("6.6", "PUSH_PROMISE", [.. Frames.Post(1), .. Frames.Of(FrameType.PushPromise, FrameFlags.EndHeaders, 1, 0, 0, 0, 2)], ProtocolError),
        new("6.7", "PING on a stream", Frames.Of(FrameType.Ping, FrameFlags.None, 1, new byte[8]), ProtocolError),
        new("6.7", "PING too short", Frames.Of(FrameType.Ping, FrameFlags.None, 0, new byte[7]), FrameSizeError),
        new("6.7", "PING too long", Frames.Of(FrameType.Ping, FrameFlags.None, 0, new byte[9]), FrameSizeError),
        new("6.7", "acknowledgement of no PING", [.. Frames.Of(FrameType.Ping, FrameFlags.EndStream, 0, new byte[8]), .. Frames.Get(1)], Ok) { Passed = 1 },
        new("6.8", "GOAWAY on a stream", Frames.Of(FrameType.GoAway, FrameFlags.None, 1, new byte[8]), ProtocolError),
        new("6.8", "GOAWAY too short", Frames.Of(FrameType.GoAway, FrameFlags.None, 0, new byte[7]), FrameSizeError),
        new("6.9", "WINDOW_UPDATE by 0 on the connection", Frames.WindowUpdate(0, 0), ProtocolError),
        new("6.9", "WINDOW_UPDATE by 0 on a stream", [.. Frames.Post(1), .. Frames.WindowUpdate(1, 0)], ProtocolError),
        new("6.9", "WINDOW_UPDATE on an idle stream", Frames.WindowUpdate(1, 1), ProtocolError),
        new("6.9", "WINDOW_UPDATE too short", Frames.Of(FrameType.WindowUpdate, FrameFlags.None, 0, 0, 0, 1), FrameSizeError),
        new("6.9", "WINDOW_UPDATE too long", Frames.Of(FrameType.WindowUpdate, FrameFlags.None, 0, 0, 0, 0, 0, 1), FrameSizeError),
        new("6.9.1", "window of the connection above 2^31-1", Frames.WindowUpdate(0, int.MaxValue), FlowControlError),
        new("6.9.1", "window of a stream above 2^31-1", [.. Frames.Post(1), .. Frames.WindowUpdate(1, int.MaxValue)], ProtocolOutcome.Reset(ErrorCode.FlowControlError)),
        new("6.9.2", "window of a stream above 2^31-1 by SETTINGS", [.. Frames.Post(1), .. Frames.WindowUpdate(1, 0x7fff_0000), .. Frames.Settings((4, 0x7fff_ffff))], FlowControlError),
        new("6.10", "CONTINUATION on stream 0", [.. OpenBlock(1), .. Frames.Of(FrameType.Continuation, FrameFlags.EndHeaders, 0)], ProtocolError),
        new("6.10", "CONTINUATION on another stream", [.. OpenBlock(1), .. Frames.Of(FrameType.Continuation, FrameFlags.EndHeaders, 3)], ProtocolError),
        new("6.10", "CONTINUATION without HEADERS", Frames.Of(FrameType.Continuation, FrameFlags.EndHeaders, 1), ProtocolError),
        new("6.10", "CONTINUATION behind a whole block", [.. Frames.Post(1), .. Frames.Of(FrameType.Continuation, FrameFlags.EndHeaders, 1)], ProtocolError),
        new("6.10", "CONTINUATION behind DATA", [.. Frames.Post(1), .. Frames.Data(1, false, "x"), .. Frames.Of(FrameType.Continuation, FrameFlags.EndHeaders, 1)], ProtocolError),
        new("6.10", "block in three frames", [.. OpenBlock(1), .. Frames.Of(FrameType.Continuation, FrameFlags.None, 1, HpackWriter.Literal(":authority", "test")), .. Frames.Of(FrameType.Continuation, FrameFlags.EndHeaders, 1, HpackWriter.Literal(":path", "/"))], Ok) { Passed = 1 },
    ];

    private static (string, string)[] Plain => [(":method", "GET"), (":scheme", "http"), (":authority", "test"), (":path", "/")];

    /// <summary>HEADERS whose block goes on.</summary>
    private static byte[] OpenBlock(int stream) => Frames.Of(FrameType.Headers, FrameFlags.EndStream, stream, HpackWriter.Write((":method", "GET"), (":scheme", "http")));
}
