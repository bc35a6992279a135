using System.Buffers.Binary;

namespace Balancer.TestSupport.Http2;

/// <summary>One HTTP/2 frame.</summary>
internal sealed record Frame(FrameType Type, FrameFlags Flags, int Stream, byte[] Payload)
{
    /// <summary>The error code of a RST_STREAM or GOAWAY.</summary>
    public ErrorCode Error => (ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(Payload.AsSpan(Type == FrameType.GoAway ? 4 : 0));

    /// <summary>The last stream of a GOAWAY.</summary>
    public int LastStream => BinaryPrimitives.ReadInt32BigEndian(Payload);

    public bool IsEndOfStream => Type is FrameType.Data or FrameType.Headers && Flags.HasFlag(FrameFlags.EndStream);

    public bool IsAck => Flags.HasFlag(FrameFlags.EndStream);

    /// <summary>The frame as it goes onto the wire, with a length that may be a lie.</summary>
    public byte[] ToBytes(int? length = null)
    {
        var bytes = new byte[9 + Payload.Length];
        var announced = length ?? Payload.Length;
        bytes[0] = (byte)(announced >> 16);
        bytes[1] = (byte)(announced >> 8);
        bytes[2] = (byte)announced;
        bytes[3] = (byte)Type;
        bytes[4] = (byte)Flags;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), Stream);
        Payload.CopyTo(bytes, 9);
        return bytes;
    }

    public override string ToString() => Type is FrameType.RstStream or FrameType.GoAway ? $"{Type}({Error}) on {Stream}" : $"{Type} {Flags} on {Stream}, {Payload.Length} bytes";
}
