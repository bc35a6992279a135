namespace Balancer.TestSupport.Http2;

/// <summary>The flags of frames. ACK of SETTINGS and PING has the value of END_STREAM.</summary>
[Flags]
internal enum FrameFlags : byte
{
    None = 0,
    EndStream = 1,
    EndHeaders = 4,
    Padded = 8,
    Priority = 0x20,
}
