namespace Balancer.Http.Http2;

/// <summary>The head of a frame (RFC 9113 section 4.1), 9 bytes on the wire.</summary>
/// <param name="Length">Bytes of payload.</param>
/// <param name="Type">The type, known or not.</param>
/// <param name="Flags">The flags.</param>
/// <param name="Stream">The stream; 0 is the connection.</param>
internal readonly record struct Http2FrameHead(int Length, Http2FrameType Type, byte Flags, int Stream)
{
    /// <summary>Bytes of a head.</summary>
    public const int Size = 9;

    /// <summary>END_STREAM of DATA and HEADERS, ACK of SETTINGS and PING.</summary>
    public const byte EndStreamOrAck = 1;

    /// <summary>END_HEADERS of HEADERS and CONTINUATION.</summary>
    public const byte EndHeaders = 4;

    /// <summary>Whether the stream ends with the frame.</summary>
    public bool EndsStream => Type is Http2FrameType.Data or Http2FrameType.Headers && (Flags & EndStreamOrAck) != 0;

    /// <summary>Whether a header block ends with the frame.</summary>
    public bool EndsBlock => Type is Http2FrameType.Headers or Http2FrameType.Continuation && (Flags & EndHeaders) != 0;

    /// <summary>Whether the frame acknowledges another.</summary>
    public bool IsAck => Type is Http2FrameType.Settings or Http2FrameType.Ping && (Flags & EndStreamOrAck) != 0;

    /// <summary>Reads the nine bytes.</summary>
    public static Http2FrameHead Read(ReadOnlySpan<byte> bytes) => new(
        (bytes[0] << 16) | (bytes[1] << 8) | bytes[2],
        (Http2FrameType)bytes[3],
        bytes[4],
        System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes[5..]) & int.MaxValue);
}
