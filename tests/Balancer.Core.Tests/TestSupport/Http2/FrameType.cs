namespace Balancer.TestSupport.Http2;

/// <summary>The frame types of RFC 9113 section 6.</summary>
internal enum FrameType : byte
{
    Data,
    Headers,
    Priority,
    RstStream,
    Settings,
    PushPromise,
    Ping,
    GoAway,
    WindowUpdate,
    Continuation,
    Unknown = 0xbb,
}
