using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using Balancer.TestSupport;
using Balancer.TestSupport.Http2;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>What the gateway holds for slow clients and slow servers, and how it lets go.</summary>
public class Http2WindowTests
{
    private const string Version2 = "proxy_http_version = '2'";

    [Fact]
    public async Task The_window_of_a_stream_does_not_grow_and_no_ping_measures_the_way()
    {
        const int Pieces = 14;
        var piece = new byte[16_384];
        var frames = new ConcurrentQueue<Frame>();
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadExactAsync(Frames.Preface.Length);
            await wire.SendAsync(Frames.Join(Frames.Settings(), Frames.SettingsAck));
            while (true)
            {
                var head = await wire.ReadExactAsync(9);
                var payload = BinaryPrimitives.ReadInt32BigEndian(head) >>> 8 is > 0 and var length ? await wire.ReadExactAsync(length) : [];
                var frame = new Frame((FrameType)head[3], (FrameFlags)head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), payload);
                frames.Enqueue(frame);
                if (frame.Type == FrameType.Headers)
                {
                    await wire.SendAsync(Frames.Headers(frame.Stream, false, (":status", "200")));
                    for (var i = 1; i <= Pieces; i++)
                    {
                        await wire.SendAsync(Frames.Data(frame.Stream, i == Pieces, piece));
                    }
                }
            }
        });
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address], Version2));

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Pieces * piece.Length, (await gateway.GetAsync()).Body.Length);
        }

        Assert.Equal(3, frames.Count(frame => frame.Type == FrameType.Headers));
        Assert.DoesNotContain(frames, frame => frame.Type == FrameType.Ping);
        Assert.All(
            frames.Where(frame => frame.Type == FrameType.WindowUpdate && frame.Stream != 0).GroupBy(frame => frame.Stream),
            updates => Assert.True(updates.Sum(update => BinaryPrimitives.ReadInt32BigEndian(update.Payload)) <= Pieces * piece.Length));
    }

    [Fact]
    public async Task A_connection_whose_server_takes_nothing_is_reset_when_it_is_given_up()
    {
        var connected = new TaskCompletionSource<Socket>();
        var end = new TaskCompletionSource();
        await using var upstream = ScriptedUpstream.Start(async (wire, number) =>
        {
            await wire.ReadExactAsync(Frames.Preface.Length);
            await wire.SendAsync(Frames.Join(Frames.Settings((4, int.MaxValue)), Frames.SettingsAck, Frames.WindowUpdate(0, int.MaxValue - 65_535)));
            if (number == 0)
            {
                connected.SetResult(wire.Socket);
            }

            await end.Task;
        });
        await using var gateway = await TestGateway.StartAsync(
            TestGateway.Toml([upstream.Address], $"{Version2}\nproxy_send_timeout = '300ms'\nproxy_read_timeout = '300ms'\nclient_max_body_size = 0", parameters: "max_fails=0"));
        var body = new string('b', 16_000_000);

        Assert.Equal(504, (await gateway.SendAsync($"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {body.Length}\r\n\r\n{body}")).Status);
        Assert.Equal(504, (await gateway.GetAsync()).Status);

        var socket = await connected.Task;
        var info = new byte[104];
        await Eventually.TrueAsync(() =>
        {
            // tcp_info.tcpi_state, linux/tcp.h: 7 is closed, by a reset, for nothing was read here.
            socket.GetRawSocketOption(6, 11, info);
            return info[0] == 7;
        });
        end.SetResult();
    }
}
