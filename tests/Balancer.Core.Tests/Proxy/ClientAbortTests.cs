using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>Clients that go away.</summary>
public class ClientAbortTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_leaves_while_it_waits_ends_the_exchange_with_the_server(bool resets)
    {
        var closed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            closed.TrySetResult(await wire.IsClosedAsync());
        });
        await using var gateway = await TestGateway.StartAsync(upstream);
        var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        await Eventually.TrueAsync(() => gateway.Pool.Servers.All[0].State.Conns == 1);

        Leave(client, resets);

        Assert.True(await closed.Task);
        await gateway.IdleAsync();
        AssertAborted(gateway);
    }

    [Fact]
    public async Task A_client_that_leaves_within_a_response_ends_the_exchange_with_the_server()
    {
        var closed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            await wire.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
            closed.TrySetResult(await wire.IsClosedAsync());
        });
        await using var gateway = await TestGateway.StartAsync(upstream);
        var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        await client.ReadHeadAsync();
        await client.ReadExactAsync(3);

        Leave(client, resets: true);

        Assert.True(await closed.Task);
        await gateway.IdleAsync();
        AssertAborted(gateway);
    }

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\nhello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")]
    public async Task A_client_that_leaves_within_its_body_is_not_taken_for_one_that_was_done(string rest)
    {
        var received = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadHeadAsync();
            var text = "";
            try
            {
                text = await wire.ReadToEndAsync();
            }
            catch (System.Net.Sockets.SocketException)
            {
                // A reset says it even more clearly.
            }

            received.TrySetResult(text);
        });
        await using var gateway = await TestGateway.StartAsync(upstream);
        var client = await gateway.ConnectAsync();
        await client.SendAsync($"PUT / HTTP/1.1\r\nHost: t\r\n{rest}");
        await Eventually.TrueAsync(() => upstream.Connections == 1);

        Leave(client, resets: false);

        Assert.DoesNotContain("0\r\n\r\n", await received.Task);
        await gateway.IdleAsync();
        AssertAborted(gateway);
    }

    [Fact]
    public async Task With_ignore_client_abort_the_exchange_goes_on()
    {
        var proceed = new SemaphoreSlim(0);
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            while (await wire.ReadMessageAsync() is not null)
            {
                await proceed.WaitAsync();
                await wire.SendAsync(ScriptedUpstream.OkText("ok"));
            }
        });
        await using var gateway = await TestGateway.StartAsync(upstream, "proxy_ignore_client_abort = true");
        var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        await Eventually.TrueAsync(() => gateway.Pool.Servers.All[0].State.Conns == 1);

        Leave(client, resets: true);
        await Eventually.TrueAsync(() => gateway.Host.Listeners[0].Connections <= 1);
        proceed.Release();

        await gateway.IdleAsync();
        var server = gateway.Pool.Servers.All[0].State;
        Assert.Equal(1, server.Metrics.Requests(2).Value);
        Assert.Equal(1, server.Connections.Idle);
        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task A_client_that_leaves_within_its_head_is_logged_and_reaches_no_server()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream);
        var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHos");

        Leave(client, resets: false);

        await Eventually.TrueAsync(() => gateway.Host.Counters.Errors(ProxyError.ClientAborted).Value == 1);
        Assert.Equal(0, upstream.Connections);
    }

    [Fact]
    public async Task A_client_that_reads_nothing_is_cut_after_the_send_timeout_and_holds_little_meanwhile()
    {
        var sent = 0L;
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            await wire.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
            var block = new byte[64 * 1024];
            while (true)
            {
                await wire.SendAsync(block);
                Interlocked.Add(ref sent, block.Length);
            }
        });
        var time = new FakeTimeProvider();
        await using var gateway = await TestGateway.StartAsync(upstream, "send_timeout = '1s'", time: time);
        using var client = await Wire.ConnectAsync(gateway.EndPoint, socket => socket.ReceiveBufferSize = 4096);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        await gateway.RunClockAsync(Eventually.TrueAsync(() => gateway.Host.Counters.Errors(ProxyError.ClientStalled).Value == 1));

        Assert.InRange(Interlocked.Read(ref sent), 0, 32_000_000);
        await gateway.IdleAsync();
        Assert.Equal(0, gateway.Pool.Servers.All[0].State.Fails);
    }

    private static void Leave(Wire client, bool resets)
    {
        if (resets)
        {
            client.Reset();
        }
        else
        {
            client.Dispose();
        }
    }

    private static void AssertAborted(TestGateway gateway)
    {
        Assert.Equal(1, gateway.Host.Counters.Errors(ProxyError.ClientAborted).Value);
        var server = gateway.Pool.Servers.All[0].State;
        Assert.Equal(0, server.Fails);
        Assert.Equal(0, server.Connections.Open);
        Assert.Single(gateway.Log.Named("client-failed"));
        Assert.Empty(gateway.Log.Named("upstream-failed"));
    }
}
