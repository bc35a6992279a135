using System.Buffers.Binary;

namespace Balancer.TestSupport.Http2;

/// <summary>Makes the bytes of frames, right ones and wrong ones.</summary>
internal static class Frames
{
    public static byte[] Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    public static byte[] Of(FrameType type, FrameFlags flags, int stream, params byte[] payload) => new Frame(type, flags, stream, payload).ToBytes();

    public static byte[] Settings(params (int Id, uint Value)[] settings)
    {
        var payload = new byte[6 * settings.Length];
        for (var i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(6 * i), (ushort)settings[i].Id);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan((6 * i) + 2), settings[i].Value);
        }

        return Of(FrameType.Settings, FrameFlags.None, 0, payload);
    }

    public static byte[] SettingsAck => Of(FrameType.Settings, FrameFlags.EndStream, 0);

    /// <summary>A whole request without body: GET / unless the fields say otherwise.</summary>
    public static byte[] Get(int stream, string path = "/", params (string Name, string Value)[] fields) =>
        Headers(stream, true, [(":method", "GET"), (":scheme", "http"), (":authority", "test"), (":path", path), .. fields]);

    public static byte[] Post(int stream, params (string Name, string Value)[] fields) =>
        Headers(stream, false, [(":method", "POST"), (":scheme", "http"), (":authority", "test"), (":path", "/"), .. fields]);

    public static byte[] Headers(int stream, bool isEnd, params (string Name, string Value)[] fields) =>
        Of(FrameType.Headers, FrameFlags.EndHeaders | (isEnd ? FrameFlags.EndStream : 0), stream, HpackWriter.Write(fields));

    public static byte[] Data(int stream, bool isEnd, string text) => Of(FrameType.Data, isEnd ? FrameFlags.EndStream : 0, stream, System.Text.Encoding.Latin1.GetBytes(text));

    public static byte[] Data(int stream, bool isEnd, byte[] bytes) => Of(FrameType.Data, isEnd ? FrameFlags.EndStream : 0, stream, bytes);

    public static byte[] Reset(int stream, ErrorCode error = ErrorCode.Cancel) => Of(FrameType.RstStream, FrameFlags.None, stream, Number((uint)error));

    public static byte[] WindowUpdate(int stream, uint increment) => Of(FrameType.WindowUpdate, FrameFlags.None, stream, Number(increment));

    public static byte[] Ping(string text = "01234567") => Of(FrameType.Ping, FrameFlags.None, 0, System.Text.Encoding.Latin1.GetBytes(text));

    public static byte[] Priority(int stream, uint dependency, byte weight = 15) => Of(FrameType.Priority, FrameFlags.None, stream, [.. Number(dependency), weight]);

    public static byte[] Join(params byte[][] frames) => [.. frames.SelectMany(f => f)];

    public static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
