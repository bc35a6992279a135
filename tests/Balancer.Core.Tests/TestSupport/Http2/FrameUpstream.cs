using System.Buffers.Binary;

namespace Balancer.TestSupport.Http2;

/// <summary>An upstream server that speaks HTTP/2 frame by frame: it greets, and answers the head of every request with what a test says.</summary>
internal static class FrameUpstream
{
    /// <param name="answer">Gets the connection and the number of the stream.</param>
    public static ScriptedUpstream Start(Func<Wire, int, Task> answer) => ScriptedUpstream.Start(async wire =>
    {
        await wire.ReadExactAsync(Frames.Preface.Length);
        await wire.SendAsync(Frames.Settings());
        while (true)
        {
            var head = await wire.ReadExactAsync(9);
            var payload = BinaryPrimitives.ReadInt32BigEndian(head) >>> 8 is > 0 and var length ? await wire.ReadExactAsync(length) : [];
            var isAck = (head[4] & (byte)FrameFlags.EndStream) != 0;
            switch ((FrameType)head[3])
            {
                case FrameType.Settings when !isAck:
                    await wire.SendAsync(Frames.SettingsAck);
                    break;
                case FrameType.Ping when !isAck:
                    await wire.SendAsync(Frames.Of(FrameType.Ping, FrameFlags.EndStream, 0, payload));
                    break;
                case FrameType.Headers:
                    await answer(wire, BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)));
                    break;
            }
        }
    });

    /// <summary>Answers with frames.</summary>
    public static ScriptedUpstream Start(Func<int, byte[]> answer) => Start((wire, stream) => wire.SendAsync(answer(stream)));
}
