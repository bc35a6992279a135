using Balancer.Infrastructure;
using Balancer.TestSupport;
using Balancer.TestSupport.Http2;

namespace Balancer.Http.Http2;

/// <summary>Slow clients and slow servers: bounded memory, and the other streams go on.</summary>
public sealed class Http2FlowTests
{
    private const string On = "http2 = true";

    [Fact]
    public async Task A_client_that_takes_nothing_stops_the_server_and_no_other_stream()
    {
        long sent = 0;
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            var request = await wire.ReadMessageAsync();
            if (!request!.FirstLine.Contains("/large"))
            {
                await wire.SendAsync(ScriptedUpstream.OkText("ok"));
                return;
            }

            wire.Socket.SendBufferSize = 16 * 1024;
            await wire.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            var chunk = $"4000\r\n{new string('x', 0x4000)}\r\n";
            while (true)
            {
                await wire.SendAsync(chunk);
                Interlocked.Add(ref sent, chunk.Length);
            }
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint, true, (4, 1000));
        client.OpensWindows = false;

        await client.SendAsync(Frames.Get(1, "/large"));
        await client.ReadUntilAsync(() => client.Stream(1).Body.Length == 1000);
        for (var id = 3; id < 403; id += 2)
        {
            Assert.Equal("ok", (await client.GetAsync(id)).Text);
        }

        Assert.Equal(1000, client.Stream(1).Body.Length);

        // Buffers of the kernel on both sides, of the connection and of the stream.
        Assert.InRange(Interlocked.Read(ref sent), 1000, 8_000_000);
        await client.SendAsync(Frames.Reset(1));
    }

    [Fact]
    public async Task A_server_that_takes_nothing_stops_its_client_and_no_other_stream()
    {
        var end = new TaskCompletionSource();
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            while (await wire.ReadHeadAsync() is { } request)
            {
                if (request.FirstLine.Contains("/slow"))
                {
                    await end.Task.WaitAsync(TimeSpan.FromMinutes(1));
                    return;
                }

                await wire.ReadBodyAsync(request);
                await wire.SendAsync(ScriptedUpstream.OkText("ok"));
            }
        });
        await using var gateway = await TestGateway.StartAsync(upstream, "client_max_body_size = 0", server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);
        await client.SendAsync(Frames.Headers(1, false, (":method", "POST"), (":scheme", "http"), (":authority", "test"), (":path", "/slow")));

        // As much as the window lets us: it is opened by what the server's side has taken.
        var sent = 0;
        while (await client.HasWindowAsync(1, sent + 16_384))
        {
            await client.SendAsync(Frames.Data(1, false, new byte[16_384]));
            sent += 16_384;
            Assert.InRange(sent, 0, 64_000_000);
        }

        for (var id = 3; id < 43; id += 2)
        {
            await client.SendAsync(Frames.Post(id), Frames.Data(id, true, "abc"));
            Assert.Equal("ok", (await client.ReadStreamAsync(id)).Text);
        }

        await client.SendAsync(Frames.Reset(1));
        end.SetResult();
    }

    [Fact]
    public async Task More_than_the_window_is_an_error_of_flow_control()
    {
        var end = new TaskCompletionSource();
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadHeadAsync();
            await end.Task.WaitAsync(TimeSpan.FromMinutes(1));
        });
        await using var gateway = await TestGateway.StartAsync(upstream, "client_max_body_size = 0", server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1));
        var frames = Enumerable.Repeat(Frames.Data(1, false, new byte[16_384]), 4_000).ToArray();
        await client.TrySendAsync(frames);
        await client.ReadUntilAsync(() => client.GoAway is not null || client.Stream(1).Reset is not null);

        Assert.Equal(ErrorCode.FlowControlError, client.GoAway?.Error ?? client.Stream(1).Reset);
        end.SetResult();
    }

    [Fact]
    public async Task A_client_that_does_not_read_in_time_loses_its_stream()
    {
        await using var upstream = ScriptedUpstream.Ok(new string('x', 100_000));
        await using var gateway = await TestGateway.StartAsync(upstream, "send_timeout = \"5s\"", server: On, time: new FakeTimeProvider());
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint, true, (4, 0));

        await client.SendAsync(Frames.Get(1));
        var stream = client.Stream(1);
        await client.ReadUntilAsync(() => stream.Fields.Count > 0);
        await gateway.RunClockAsync(client.ReadStreamAsync(1));

        Assert.Equal(ErrorCode.Cancel, stream.Reset);
        Assert.Empty(stream.Text);
    }

    [Fact]
    public async Task A_client_that_does_not_take_the_end_of_a_response_in_time_loses_its_connection()
    {
        await using var upstream = ScriptedUpstream.Ok("small");
        await using var gateway = await TestGateway.StartAsync(upstream, "send_timeout = \"5s\"", server: On, time: new FakeTimeProvider());
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint, true, (4, 0));

        await client.SendAsync(Frames.Get(1));
        var stream = client.Stream(1);
        await client.ReadUntilAsync(() => stream.Fields.Count > 0);
        var start = gateway.Time!.GetTimestamp();
        await gateway.RunClockAsync(client.ReadToEndAsync());

        Assert.False(stream.IsComplete);
        Assert.InRange(gateway.Time.GetElapsedTime(start), TimeSpan.FromSeconds(4.9), TimeSpan.FromSeconds(11));
    }

    [Fact]
    public async Task End_of_a_response_that_is_not_taken_costs_its_stream_alone_while_others_run()
    {
        var end = new TaskCompletionSource();
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            while (await wire.ReadMessageAsync() is { } request)
            {
                if (request.FirstLine.Contains("/held"))
                {
                    await end.Task.WaitAsync(TimeSpan.FromMinutes(1));
                }

                await wire.SendAsync(ScriptedUpstream.OkText("small"));
            }
        });
        await using var gateway = await TestGateway.StartAsync(upstream, "send_timeout = \"5s\"\nproxy_read_timeout = \"1h\"", server: On, time: new FakeTimeProvider());
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint, true, (4, 0));
        client.OpensWindows = false;
        await client.SendAsync(Frames.Get(1, "/held"), Frames.Get(3, "/untaken"));
        var untaken = client.Stream(3);
        await client.ReadUntilAsync(() => untaken.Fields.Count > 0);

        await gateway.RunClockAsync(client.ReadUntilAsync(() => untaken.Reset is not null));

        Assert.Equal(ErrorCode.Cancel, untaken.Reset);
        Assert.Contains("stream=3", Assert.Single(gateway.Log.Named("http2-end-untaken")), StringComparison.Ordinal);
        end.SetResult();
        await client.SendAsync(Frames.WindowUpdate(1, 100));
        Assert.Equal("small", (await client.ReadStreamAsync(1)).Text);
        await gateway.RunClockAsync(gateway.IdleAsync());
        Assert.Empty(gateway.Log.Named("http2-error"));
    }

    [Fact]
    public async Task A_client_that_takes_the_end_of_a_response_slowly_gets_all_of_it()
    {
        await using var upstream = ScriptedUpstream.Ok(new string('x', 50));
        await using var gateway = await TestGateway.StartAsync(upstream, "send_timeout = \"5s\"\nsend_min_rate = 0\nkeepalive_timeout = \"2s\"", server: On, time: new FakeTimeProvider());
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint, true, (4, 1));
        client.OpensWindows = false;

        await client.SendAsync(Frames.Get(1));
        var stream = client.Stream(1);
        for (var i = 1; i < 50; i++)
        {
            await client.ReadUntilAsync(() => stream.Body.Length == i);
            await gateway.RunClockAsync(client.PingAsync());
            gateway.Time!.Advance(TimeSpan.FromSeconds(1));
            await client.SendAsync(Frames.WindowUpdate(1, 1));
        }

        Assert.Equal(50, (await client.ReadStreamAsync(1)).Body.Length);
        Assert.True(stream.IsComplete);
    }

    [Fact]
    public async Task A_client_that_takes_the_end_of_a_response_slower_than_it_must_loses_its_connection()
    {
        await using var upstream = ScriptedUpstream.Ok(new string('x', 5000));
        await using var gateway = await TestGateway.StartAsync(upstream, "send_timeout = \"5s\"\nsend_min_rate = 100", server: On, time: new FakeTimeProvider());
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint, true, (4, 1));
        client.OpensWindows = false;

        await client.SendAsync(Frames.Get(1));
        var stream = client.Stream(1);
        var seconds = 0;
        await client.ReadUntilAsync(() => stream.Body.Length == 1);
        while (!client.IsClosed)
        {
            gateway.Time!.Advance(TimeSpan.FromSeconds(1));
            seconds++;
            await client.TrySendAsync(Frames.WindowUpdate(1, 1));
            await client.ReadUntilAsync(() => stream.Body.Length == seconds + 1);
        }

        Assert.InRange(seconds, 5, 12);
        await Eventually.TrueAsync(() => gateway.Host.Counters.Http2.Faults(Http2Fault.SlowRead) == 1);
    }

    [Theory]
    [InlineData("send_min_rate = '1k'", true)]
    [InlineData("send_min_rate = '30k'", false)]
    public async Task A_client_that_takes_a_response_slower_than_it_must_loses_its_stream(string rate, bool isFast)
    {
        await using var upstream = ScriptedUpstream.Ok(new string('x', 1_200_000));
        await using var gateway = await TestGateway.StartAsync(upstream, $"send_timeout = '8s'\n{rate}", server: On, time: new FakeTimeProvider());
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint, true, (4, 40_000));
        client.OpensWindows = false;

        await client.SendAsync(Frames.Get(1), Frames.WindowUpdate(0, 2_000_000));
        var stream = client.Stream(1);
        for (var expected = 40_000; stream is { Reset: null, IsComplete: false }; expected = Math.Min(expected + 40_000, 1_200_000))
        {
            await client.ReadUntilAsync(() => stream.Body.Length == expected || stream.Reset is not null);
            gateway.Time!.Advance(TimeSpan.FromSeconds(3));
            await client.SendAsync(Frames.WindowUpdate(1, 40_000));
            await client.PingAsync();
        }

        Assert.Equal(isFast ? null : ErrorCode.Cancel, stream.Reset);
        Assert.Equal(isFast, stream.IsComplete);
        await gateway.IdleAsync();
        Assert.Equal(isFast ? 0 : 1, gateway.Host.Counters.Errors(ProxyError.ClientTooSlow).Value);
    }

    [Fact]
    public async Task A_body_that_drips_is_answered_408_once_the_timeout_has_passed()
    {
        await using var upstream = ScriptedUpstream.Start(async wire => await wire.ReadToEndAsync());
        await using var gateway = await TestGateway.StartAsync(upstream, "client_body_timeout = '5s'\nclient_body_min_rate = 10", server: On, time: new FakeTimeProvider());
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1));
        var stream = client.Stream(1);
        while (stream is { IsComplete: false, Reset: null })
        {
            await client.SendAsync(Frames.Data(1, false, "x"));
            await client.PingAsync();
            gateway.Time!.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(408, stream.Status);
        await gateway.IdleAsync();
        Assert.Equal(1, gateway.Host.Counters.Errors(ProxyError.ClientTooSlow).Value);
    }

    [Fact]
    public async Task A_body_that_does_not_come_in_time_is_answered_408()
    {
        await using var upstream = ScriptedUpstream.Start(async wire => await wire.ReadToEndAsync());
        await using var gateway = await TestGateway.StartAsync(upstream, "client_body_timeout = \"5s\"", server: On, time: new FakeTimeProvider());
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1), Frames.Data(1, false, "abc"));
        var response = await gateway.RunClockAsync(client.ReadStreamAsync(1));

        Assert.Equal(408, response.Status);
    }
}
