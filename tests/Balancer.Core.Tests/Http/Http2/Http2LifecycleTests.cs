using Balancer.Infrastructure;
using Balancer.TestSupport;
using Balancer.TestSupport.Http2;

namespace Balancer.Http.Http2;

/// <summary>How HTTP/2 connections end: by age, idleness, reload and stop, and no request is lost by it.</summary>
public sealed class Http2LifecycleTests
{
    private const string On = "http2 = true";

    [Fact]
    public async Task A_connection_that_has_carried_its_share_is_announced_to_close_and_serves_what_is_on_its_way()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, "keepalive_requests = 3", server: On, time: new FakeTimeProvider());
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.GetAsync(1);
        await client.GetAsync(3);
        Assert.Null(client.GoAway);
        Assert.Equal("ok", (await client.GetAsync(5)).Text);
        await client.ReadUntilAsync(() => client.GoAway is not null);

        Assert.Equal((ErrorCode.NoError, int.MaxValue), (client.GoAway!.Error, client.GoAway.LastStream));
        Assert.Equal("ok", (await client.GetAsync(7)).Text);

        await gateway.RunClockAsync(client.ReadUntilAsync(() => client.GoAways.Count > 1));
        Assert.Equal((ErrorCode.NoError, 7), (client.GoAway!.Error, client.GoAway.LastStream));
        client.EndSending();
        await client.ReadToEndAsync();
    }

    [Fact]
    public async Task An_idle_connection_is_closed_after_keepalive_timeout()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, "keepalive_timeout = \"10s\"", server: On, time: new FakeTimeProvider());
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);
        await client.GetAsync(1);
        var start = gateway.Time!.GetTimestamp();

        await gateway.RunClockAsync(client.ReadToEndAsync());

        Assert.Equal([int.MaxValue, 1], client.GoAways.Select(g => g.LastStream));
        Assert.InRange(gateway.Time.GetElapsedTime(start), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(13));
    }

    [Fact]
    public async Task A_connection_without_any_request_is_closed_after_client_header_timeout()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: $"{On}\nclient_header_timeout = \"5s\"", time: new FakeTimeProvider());
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await gateway.RunClockAsync(client.ReadToEndAsync());

        Assert.Equal([int.MaxValue, 0], client.GoAways.Select(g => g.LastStream));
        Assert.Equal(ErrorCode.NoError, client.GoAway!.Error);
    }

    [Fact]
    public async Task A_head_that_is_begun_and_not_ended_ends_the_connection()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: $"{On}\nclient_header_timeout = \"5s\"", time: new FakeTimeProvider());
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);
        await client.GetAsync(1);

        await client.SendAsync(Frames.Post(3), Frames.Of(FrameType.Headers, FrameFlags.EndStream, 5, HpackWriter.Literal(":method", "GET")));
        await gateway.RunClockAsync(client.ReadToEndAsync());

        Assert.Equal(ErrorCode.EnhanceYourCalm, client.GoAway!.Error);
        Assert.Equal(1, gateway.Host.Counters.Http2.Faults(Http2Fault.HeaderTimeout));
    }

    [Fact]
    public async Task A_reload_leaves_connections_alone_and_routes_by_the_new_file()
    {
        await using var upstream = ScriptedUpstream.Ok("old");
        await using var other = ScriptedUpstream.Ok("new");
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        Assert.Equal("old", (await client.GetAsync(1)).Text);
        Assert.Empty(await gateway.ReloadAsync(TestGateway.Toml([other.Address], server: On)));
        Assert.Equal("new", (await client.GetAsync(3)).Text);
        Assert.Null(client.GoAway);
    }

    [Fact]
    public async Task A_stop_announces_the_close_and_lets_streams_finish()
    {
        var release = new TaskCompletionSource();
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            while (await wire.ReadMessageAsync() is { } request)
            {
                if (request.FirstLine.Contains("/slow"))
                {
                    await release.Task;
                }

                await wire.SendAsync(ScriptedUpstream.OkText("ok"));
            }
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);
        await client.SendAsync(Frames.Get(1, "/slow"));
        await client.GetAsync(3);

        var stopping = Task.Run(() => gateway.Host.StopAsync(TimeSpan.FromSeconds(30)));
        await client.ReadUntilAsync(() => client.GoAway is not null);
        Assert.Equal((ErrorCode.NoError, int.MaxValue), (client.GoAway!.Error, client.GoAway.LastStream));

        // Sent before the announcement was seen.
        Assert.Equal("ok", (await client.GetAsync(5)).Text);
        release.SetResult();
        Assert.Equal("ok", (await client.ReadStreamAsync(1)).Text);
        await client.ReadToEndAsync();

        Assert.Equal(5, client.GoAway.LastStream);
        Assert.Equal(0, await stopping);
    }

    [Fact]
    public async Task A_stop_without_patience_cuts_streams()
    {
        await using var upstream = ScriptedUpstream.Start(async wire => await wire.ReadToEndAsync());
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);
        await client.SendAsync(Frames.Get(1));
        await client.PingAsync();

        Assert.Equal(1, await Task.Run(() => gateway.Host.StopAsync(TimeSpan.Zero)));
        await client.ReadToEndAsync();

        Assert.False(client.Stream(1).IsComplete);
    }

    [Fact]
    public async Task A_client_that_says_goodbye_gets_what_it_asked_for()
    {
        var release = new TaskCompletionSource();
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            await release.Task;
            await wire.SendAsync(ScriptedUpstream.OkText("ok"));
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Get(1), Frames.Of(FrameType.GoAway, FrameFlags.None, 0, new byte[8]));
        await client.PingAsync();
        release.SetResult();

        Assert.Equal("ok", (await client.ReadStreamAsync(1)).Text);
    }
}
