using System.Net;
using Balancer.Http.Http2;

namespace Balancer.TestSupport.Http2;

/// <summary>An HTTP/2 client that sends the frames a test gives it, right or wrong, and notes what comes back. Every wait has an end.</summary>
internal sealed class Http2Wire : IDisposable
{
    private readonly Wire _wire;
    private readonly HpackReader _hpack = new();
    private readonly Dictionary<int, StreamMessage> _streams = [];
    private byte[] _block = [];

    private Http2Wire(Wire wire) => _wire = wire;

    /// <summary>The settings the server has announced.</summary>
    public Dictionary<int, uint> Settings { get; } = [];

    /// <summary>By how much the server has opened the windows of streams.</summary>
    public Dictionary<int, long> Windows { get; } = [];

    /// <summary>The last GOAWAY received.</summary>
    public Frame? GoAway { get; private set; }

    /// <summary>All GOAWAYs received.</summary>
    public List<Frame> GoAways { get; } = [];

    /// <summary>Whether the server has closed the connection.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether windows are opened again by what was received.</summary>
    public bool OpensWindows { get; set; } = true;

    /// <summary>PINGs of ours that were answered.</summary>
    public List<Frame> PingAcks { get; } = [];

    public Wire Wire => _wire;

    /// <summary>Connects; greets unless told otherwise.</summary>
    public static async Task<Http2Wire> ConnectAsync(EndPoint endPoint, bool greets = true, params (int Id, uint Value)[] settings)
    {
        var client = new Http2Wire(await Wire.ConnectAsync(endPoint));
        if (greets)
        {
            await client.SendAsync(Frames.Preface, Frames.Settings(settings));
            while (client.Settings.Count == 0 && await client.ReadFrameAsync() is not null)
            {
            }
        }

        return client;
    }

    public Task SendAsync(params byte[][] frames) => _wire.SendAsync(Frames.Join(frames));

    /// <summary>Sends what a server may have stopped reading: a broken connection is an outcome, not a failure.</summary>
    public async Task TrySendAsync(params byte[][] frames)
    {
        try
        {
            await SendAsync(frames);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // What the server said before it closed is still to be read.
        }
    }

    /// <summary>Closes our side, if the server has not closed all.</summary>
    public void EndSending()
    {
        try
        {
            _wire.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // What the server said before it closed is still to be read.
        }
    }

    public StreamMessage Stream(int id)
    {
        if (!_streams.TryGetValue(id, out var stream))
        {
            _streams[id] = stream = new StreamMessage();
        }

        return stream;
    }

    /// <summary>Sends a GET and waits for its end.</summary>
    public async Task<StreamMessage> GetAsync(int stream, string path = "/", params (string Name, string Value)[] fields)
    {
        await SendAsync(Frames.Get(stream, path, fields));
        return await ReadStreamAsync(stream);
    }

    /// <summary>Reads until a stream has ended, was reset, or the connection is gone.</summary>
    public async Task<StreamMessage> ReadStreamAsync(int id)
    {
        var stream = Stream(id);
        await ReadUntilAsync(() => stream.IsComplete || stream.Reset is not null);
        return stream;
    }

    /// <summary>Reads until a condition holds or the connection is gone.</summary>
    public async Task ReadUntilAsync(Func<bool> condition)
    {
        while (!condition() && await ReadFrameAsync() is not null)
        {
        }
    }

    /// <summary>Reads to the end of the connection.</summary>
    public Task ReadToEndAsync() => ReadUntilAsync(() => false);

    /// <summary>Sends a PING and reads until it is answered: all that was sent before has been seen then.</summary>
    public async Task PingAsync()
    {
        var answered = PingAcks.Count;
        await SendAsync(Frames.Ping());
        await ReadUntilAsync(() => PingAcks.Count > answered);
    }

    /// <summary>Whether the window of a stream lets so many bytes through in all; nothing announces that it will not be opened, so one that stays shut for a while is shut.</summary>
    public async Task<bool> HasWindowAsync(int stream, long bytes)
    {
        for (var i = 0; i < 20; i++)
        {
            if (Windows.GetValueOrDefault(stream) + Http2Limits.StreamWindow >= bytes)
            {
                return true;
            }

            await PingAsync();
            await Task.Delay(10);
        }

        return false;
    }

    /// <summary>The next frame, noted and, where the protocol asks for it, answered; null at the end of the connection.</summary>
    public async Task<Frame?> ReadFrameAsync()
    {
        Frame frame;
        try
        {
            var head = await _wire.ReadExactAsync(9);
            var length = (head[0] << 16) | (head[1] << 8) | head[2];
            var stream = ((head[5] & 0x7f) << 24) | (head[6] << 16) | (head[7] << 8) | head[8];
            frame = new Frame((FrameType)head[3], (FrameFlags)head[4], stream, length == 0 ? [] : await _wire.ReadExactAsync(length));
        }
        catch (Exception e) when (e is EndOfStreamException or System.Net.Sockets.SocketException)
        {
            IsClosed = true;
            return null;
        }

        await NoteAsync(frame);
        return frame;
    }

    public void Dispose() => _wire.Dispose();

    private async Task NoteAsync(Frame frame)
    {
        switch (frame.Type)
        {
            case FrameType.Settings when !frame.IsAck:
                for (var i = 0; i < frame.Payload.Length; i += 6)
                {
                    Settings[(frame.Payload[i] << 8) | frame.Payload[i + 1]] = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(frame.Payload.AsSpan(i + 2));
                }

                await TrySendAsync(Frames.SettingsAck);
                break;
            case FrameType.Ping when !frame.IsAck:
                await TrySendAsync(Frames.Of(FrameType.Ping, FrameFlags.EndStream, 0, frame.Payload));
                break;
            case FrameType.Ping:
                PingAcks.Add(frame);
                break;
            case FrameType.GoAway:
                GoAway = frame;
                GoAways.Add(frame);
                break;
            case FrameType.WindowUpdate:
                Windows[frame.Stream] = Windows.GetValueOrDefault(frame.Stream) + System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(frame.Payload);
                break;
            case FrameType.RstStream:
                Stream(frame.Stream).Reset = frame.Error;
                break;
            case FrameType.Headers or FrameType.Continuation:
                NoteFields(frame);
                break;
            case FrameType.Data:
                await NoteDataAsync(frame);
                break;
        }
    }

    private void NoteFields(Frame frame)
    {
        var stream = Stream(frame.Stream);
        _block = [.. _block, .. frame.Payload];
        stream.IsComplete |= frame.IsEndOfStream;
        if (!frame.Flags.HasFlag(FrameFlags.EndHeaders))
        {
            return;
        }

        var fields = _hpack.Read(_block);
        _block = [];
        if (stream.Fields.Count == 0)
        {
            stream.Fields = fields;
        }
        else
        {
            stream.Trailers = fields;
        }
    }

    private async Task NoteDataAsync(Frame frame)
    {
        var stream = Stream(frame.Stream);
        stream.Body.Write(frame.Payload);
        stream.IsComplete |= frame.IsEndOfStream;
        if (OpensWindows && frame.Payload.Length > 0)
        {
            await TrySendAsync(Frames.WindowUpdate(0, (uint)frame.Payload.Length), stream.IsComplete ? [] : Frames.WindowUpdate(frame.Stream, (uint)frame.Payload.Length));
        }
    }
}
