using System.Net.Sockets;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>What happens when somebody takes too long, by a clock that the tests move.</summary>
public class TimeoutTests
{
    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData("G")]
    [InlineData("GET / HTTP/1.1\r\nHost: t\r\n")]
    public async Task A_head_that_is_not_complete_in_time_is_408(string head)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: "client_header_timeout = '10s'", time: new FakeTimeProvider());
        using var client = await gateway.ConnectAsync();
        await client.SendAsync(head);
        await client.IsReadAsync();

        gateway.Time!.Advance(TimeSpan.FromSeconds(10) - Instant);
        Assert.True(client.IsSilent);
        var answer = await gateway.RunClockAsync(client.ReadToEndAsync());

        Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", answer);
        Assert.Contains("Connection: close\r\n", answer);
        Assert.Equal(0, upstream.Connections);
    }

    [Fact]
    public async Task Bytes_that_drip_do_not_buy_a_head_more_time()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: "client_header_timeout = '10s'", time: new FakeTimeProvider());
        using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\n");
        await client.IsReadAsync();
        for (var i = 0; i < 9; i++)
        {
            gateway.Time!.Advance(TimeSpan.FromSeconds(1));
            await client.SendAsync($"X-{i}: 1\r\n");
            await client.IsReadAsync();
        }

        Assert.True(client.IsSilent);
        var start = gateway.Time!.GetUtcNow();
        Assert.Equal(408, (await gateway.RunClockAsync(client.ReadResponseAsync())).Status);
        Assert.InRange(gateway.Time.GetUtcNow() - start, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_connection_without_a_request_is_closed_without_a_word()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: "client_header_timeout = '10s'", time: new FakeTimeProvider());
        using var client = await gateway.ConnectAsync();
        await Eventually.TrueAsync(() => gateway.Host.Listeners[0].Connections == 1);

        Assert.Equal("", await gateway.RunClockAsync(client.ReadToEndAsync()));
    }

    [Fact]
    public async Task An_idle_connection_is_closed_after_the_keepalive_timeout()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: "keepalive_timeout = '5s'", time: new FakeTimeProvider());
        using var client = await gateway.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
            Assert.Equal(200, (await client.ReadResponseAsync()).Status);
            await gateway.IdleAsync();
            gateway.Time!.Advance(TimeSpan.FromSeconds(5) - Instant);
        }

        Assert.True(client.IsSilent);
        Assert.True(await gateway.RunClockAsync(client.IsClosedAsync()));
    }

    [Fact]
    public async Task A_keepalive_timeout_of_zero_closes_after_each_response()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: "keepalive_timeout = 0");
        using var client = await gateway.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");

        Assert.Equal("close", (await client.ReadResponseAsync())["Connection"]);
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\n")]
    [InlineData("Content-Length: 10\r\n\r\nhello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhel")]
    public async Task A_body_that_stops_coming_is_408(string rest)
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadHeadAsync();
            await wire.ReadToEndAsync();
        });
        await using var gateway = await TestGateway.StartAsync(upstream, "client_body_timeout = '1s'", time: new FakeTimeProvider());
        using var client = await gateway.ConnectAsync();
        await client.SendAsync($"PUT / HTTP/1.1\r\nHost: t\r\n{rest}");

        var response = await gateway.RunClockAsync(client.ReadResponseAsync());

        Assert.Equal(408, response.Status);
        Assert.Equal("close", response["Connection"]);
        await gateway.RunClockAsync(gateway.IdleAsync());
        Assert.Equal(1, gateway.Host.Counters.Errors(ProxyError.ClientTimeout).Value);
        Assert.Equal(0, gateway.Pool.Servers.All[0].State.Fails);
    }

    [Theory]
    [InlineData("Content-Length: 1000\r\n\r\n", "x")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1;a=", "a")]
    public async Task A_body_that_drips_is_408_once_the_timeout_has_passed(string start, string drop)
    {
        await using var upstream = ScriptedUpstream.Start(async wire => await wire.ReadToEndAsync());
        await using var gateway = await TestGateway.StartAsync(upstream, "client_body_timeout = '5s'\nclient_body_min_rate = 10", time: new FakeTimeProvider());
        using var client = await gateway.ConnectAsync();
        var begun = gateway.Time!.GetTimestamp();
        await client.SendAsync($"PUT / HTTP/1.1\r\nHost: t\r\n{start}");

        var response = client.ReadResponseAsync();
        while (!response.IsCompleted)
        {
            await client.SendAsync(drop);
            await client.IsReadAsync();
            gateway.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(response, Task.Delay(1));
        }

        Assert.Equal(408, (await response).Status);
        Assert.Equal("close", (await response)["Connection"]);
        Assert.InRange(gateway.Time.GetElapsedTime(begun), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(120));
        await gateway.RunClockAsync(gateway.IdleAsync());
        Assert.Equal(1, gateway.Host.Counters.Errors(ProxyError.ClientTooSlow).Value);
        Assert.Contains(gateway.Log.Named("client-failed"), line => line.Contains("ClientTooSlow"));
        Assert.Equal(0, gateway.Pool.Servers.All[0].State.Fails);
    }

    [Theory]
    [InlineData("client_body_min_rate = 0", "x")]
    [InlineData("client_body_min_rate = 10", "xxxxxxxxxxxxxxxxxxxx")]
    public async Task A_body_that_comes_at_its_rate_is_waited_for(string rate, string drop)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, $"client_body_timeout = '5s'\n{rate}", time: new FakeTimeProvider());
        using var client = await gateway.ConnectAsync();
        await client.SendAsync($"PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: {20 * drop.Length}\r\n\r\n");

        for (var i = 0; i < 20; i++)
        {
            gateway.Time!.Advance(TimeSpan.FromSeconds(1));
            await client.SendAsync(drop);
            await client.IsReadAsync();
        }

        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
    }

    [Theory]
    [InlineData("send_min_rate = '10k'", false)]
    [InlineData("send_min_rate = '300k'", true)]
    public async Task A_client_that_takes_a_response_slower_than_it_must_is_cut_once_the_timeout_has_passed(string rate, bool isCut)
    {
        const int Length = 16 * 1024 * 1024;
        const int PerSecond = 64 * 1024;
        await using var upstream = ScriptedUpstream.Ok(new string('x', Length));
        await using var gateway = await TestGateway.StartAsync(upstream, $"send_timeout = '60s'\n{rate}", time: new FakeTimeProvider());
        using var client = await Wire.ConnectAsync(gateway.EndPoint, socket => socket.ReceiveBufferSize = 16 * 1024);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        Assert.Equal(200, (await client.ReadHeadAsync())!.Status);

        var seconds = 0;
        try
        {
            for (; seconds < Length / PerSecond; seconds++)
            {
                await client.ReadExactAsync(PerSecond);
                gateway.Time!.Advance(TimeSpan.FromSeconds(1));
            }
        }
        catch (Exception e) when (e is EndOfStreamException or SocketException)
        {
            Assert.True(isCut, $"{e}");
        }

        await gateway.RunClockAsync(gateway.IdleAsync());
        Assert.InRange(seconds, isCut ? 59 : Length / PerSecond, Length / PerSecond - (isCut ? 1 : 0));
        Assert.Equal(isCut ? 1 : 0, gateway.Host.Counters.Errors(ProxyError.ClientTooSlow).Value);
        Assert.Equal(isCut ? 1 : 0, gateway.Log.Named("client-failed").Count(line => line.Contains("ClientTooSlow")));
        Assert.Equal(0, gateway.Pool.Servers.All[0].State.Fails);
    }

    [Fact]
    public async Task A_silent_server_is_504_after_the_read_timeout_and_not_before()
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            await wire.IsClosedAsync();
        });
        await using var gateway = await TestGateway.StartAsync(upstream, "proxy_read_timeout = '2s'", time: new FakeTimeProvider());
        using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        await Eventually.TrueAsync(() => gateway.Pool.Servers.All[0].State.Connections.Open == 1);

        gateway.Time!.Advance(TimeSpan.FromSeconds(2) - Instant);
        Assert.True(client.IsSilent);
        var response = await gateway.RunClockAsync(client.ReadResponseAsync());

        Assert.Equal(504, response.Status);
        Assert.Null(response["Connection"]);
        await gateway.IdleAsync();
        Assert.Equal(0, gateway.Pool.Servers.All[0].State.Connections.Open);
    }

    [Fact]
    public async Task Each_byte_of_a_slow_head_starts_the_read_timeout_anew()
    {
        var next = new SemaphoreSlim(0);
        var sent = new SemaphoreSlim(0);
        var head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            foreach (var character in head)
            {
                await next.WaitAsync();
                await wire.SendAsync($"{character}");
                await wire.IsReadAsync();
                sent.Release();
            }
        });
        await using var gateway = await TestGateway.StartAsync(upstream, "proxy_read_timeout = '2s'", time: new FakeTimeProvider());
        using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        await Eventually.TrueAsync(() => gateway.Pool.Servers.All[0].State.Connections.Open == 1);

        // A quarter of the timeout a byte: all of them together take ten times as long.
        foreach (var _ in head)
        {
            next.Release();
            await sent.WaitAsync();
            gateway.Time!.Advance(TimeSpan.FromMilliseconds(500));
        }

        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
    }

    [Fact]
    public async Task A_server_that_reads_nothing_is_504_after_the_send_timeout()
    {
        var released = new TaskCompletionSource();
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            wire.Socket.ReceiveBufferSize = 4096;
            await wire.ReadHeadAsync();
            await released.Task;
        });
        await using var gateway = await TestGateway.StartAsync(upstream, "proxy_send_timeout = '1s'\nclient_max_body_size = 0", time: new FakeTimeProvider());
        using var client = await gateway.ConnectAsync();
        await client.SendAsync("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: 100000000\r\n\r\n");
        using var stop = new CancellationTokenSource();
        var sending = SendForeverAsync(client, stop.Token);

        var response = await gateway.RunClockAsync(client.ReadResponseAsync());

        Assert.Equal(504, response.Status);
        Assert.Equal(1, gateway.Host.Counters.Errors(ProxyError.UpstreamWriteTimeout).Value);
        await stop.CancelAsync();
        await sending;
        released.SetResult();
        client.Dispose();
    }

    private static async Task SendForeverAsync(Wire client, CancellationToken stop)
    {
        var block = new byte[64 * 1024];
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await client.Socket.SendAsync(block, stop);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or System.Net.Sockets.SocketException)
        {
            // Enough.
        }
    }
}
