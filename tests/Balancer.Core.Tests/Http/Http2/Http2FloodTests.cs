using Balancer.TestSupport;
using Balancer.TestSupport.Http2;

namespace Balancer.Http.Http2;

/// <summary>What costs a client little and a server much: ends with the connection, is counted, and troubles nobody else.</summary>
public sealed class Http2FloodTests
{
    public static TheoryData<string> Names => [.. Floods.Keys];

    private static readonly Dictionary<string, (Http2Fault Fault, Func<int, byte[]> Frames)> Floods = new()
    {
        ["rapid reset"] = (Http2Fault.RapidReset, i => [.. Frames.Get((2 * i) + 1, "/hold"), .. Frames.Reset((2 * i) + 1)]),
        ["resets behind the response"] = (Http2Fault.RapidReset, _ => Frames.Reset(1)),
        ["made you reset by WINDOW_UPDATE"] = (Http2Fault.MadeYouReset, i => [.. Frames.Post((2 * i) + 1), .. Frames.WindowUpdate((2 * i) + 1, int.MaxValue)]),
        ["made you reset by content-length"] = (Http2Fault.MadeYouReset, i => [.. Frames.Post((2 * i) + 1, ("content-length", "1")), .. Frames.Data((2 * i) + 1, true, "ab")]),
        ["PING"] = (Http2Fault.PingFlood, _ => Frames.Ping()),
        ["acknowledged PING"] = (Http2Fault.PingFlood, _ => Frames.Of(FrameType.Ping, FrameFlags.EndStream, 0, new byte[8])),
        ["SETTINGS"] = (Http2Fault.SettingsFlood, _ => Frames.Settings((3, 100))),
        ["acknowledged SETTINGS"] = (Http2Fault.SettingsFlood, _ => Frames.SettingsAck),
        ["PRIORITY"] = (Http2Fault.PriorityFlood, i => Frames.Priority((2 * i) + 101, 0)),
        ["WINDOW_UPDATE"] = (Http2Fault.WindowUpdateFlood, _ => Frames.WindowUpdate(0, 1)),
        ["empty DATA"] = (Http2Fault.EmptyFrameFlood, i => i == 0 ? [.. Frames.Get(1), .. Frames.Post(3)] : Frames.Data(3, false, "")),
        ["unknown frames"] = (Http2Fault.UnknownFrameFlood, _ => Frames.Of(FrameType.Unknown, FrameFlags.None, 0)),
        ["CONTINUATION"] = (Http2Fault.ContinuationFlood, i => i == 0 ? Frames.Of(FrameType.Headers, FrameFlags.EndStream, 1) : Frames.Of(FrameType.Continuation, FrameFlags.None, 1)),
        ["CONTINUATION with fields"] = (Http2Fault.ContinuationFlood, i => i == 0 ? Frames.Of(FrameType.Headers, FrameFlags.EndStream, 1) : Frames.Of(FrameType.Continuation, FrameFlags.None, 1, HpackWriter.Literal($"x{i}", new string('a', 15_000)))),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_flood_ends_its_connection_and_no_other(string name)
    {
        var (fault, frames) = Floods[name];
        await using var upstream = ScriptedUpstream.Ok();
        await using var holding = ScriptedUpstream.Start(async wire => await wire.ReadToEndAsync());
        await using var gateway = await TestGateway.StartAsync(HoldingGateway.Toml(upstream, holding));
        using var other = await Http2Wire.ConnectAsync(gateway.EndPoint);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);
        if (name == "resets behind the response")
        {
            await client.GetAsync(1);
        }

        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 20_000 && client.GoAway is null && !client.IsClosed; i++)
            {
                await client.TrySendAsync(frames(i));
            }
        });
        await client.ReadUntilAsync(() => client.GoAway is not null);
        await sending;
        client.EndSending();
        await client.ReadToEndAsync();

        // The engine may cut a connection before it is told why, when it has too many resets to send.
        Assert.Equal(ErrorCode.EnhanceYourCalm, client.GoAway?.Error ?? (fault == Http2Fault.MadeYouReset ? ErrorCode.EnhanceYourCalm : null));
        Assert.Equal("ok", (await other.GetAsync(1)).Text);
        await gateway.IdleAsync();
        await Eventually.TrueAsync(() => gateway.Host.Counters.Http2.Faults(fault) == 1);
        await Eventually.TrueAsync(() => gateway.Log.Named("http2-error").Any(line => line.Contains(fault.ToString())));
    }

    [Fact]
    public async Task Resets_in_the_measure_of_a_browser_are_no_flood()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, "keepalive_requests = 100000", server: "http2 = true");
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        for (var i = 0; i < 1200; i++)
        {
            var id = (4 * i) + 1;
            await client.SendAsync(Frames.Get(id), Frames.Post(id + 2), Frames.Reset(id + 2));
            Assert.Equal(200, (await client.ReadStreamAsync(id)).Status);
        }

        Assert.Null(client.GoAway);
    }

    [Fact]
    public async Task PINGs_that_go_with_data_are_no_flood()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, "keepalive_requests = 100000", server: "http2 = true");
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        for (var i = 0; i < 1200; i++)
        {
            var id = (2 * i) + 1;
            await client.SendAsync(Frames.Get(id), Frames.Ping(), Frames.Ping());
            Assert.Equal(200, (await client.ReadStreamAsync(id)).Status);
        }

        Assert.Null(client.GoAway);
    }

    [Fact]
    public async Task A_head_compressed_beyond_measure_is_not_unpacked()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: "http2 = true");
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);
        byte[] block = [0x82, 0x86, 0x84, 0x41, 4, .. "test"u8, .. HpackWriter.Indexed("x", new string('a', 4000)), .. Enumerable.Repeat((byte)0xbe, 12_000)];
        var before = GC.GetTotalAllocatedBytes();

        await client.TrySendAsync(Frames.Of(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1, block));
        await client.ReadUntilAsync(() => client.GoAway is not null);

        Assert.NotEqual(ErrorCode.NoError, client.GoAway!.Error);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 20_000_000);
        Assert.Empty(upstream.Requests);
    }
}
