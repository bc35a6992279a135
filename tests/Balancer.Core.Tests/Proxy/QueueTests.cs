using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>Requests for a pool whose servers are all at max_conns.</summary>
public class QueueTests
{
    [Fact]
    public async Task Without_a_queue_a_full_pool_is_502_and_no_server_is_at_fault()
    {
        await using var upstream = new HeldUpstream();
        await using var gateway = await TestGateway.StartAsync(upstream.Server, parameters: "max_conns=1");
        var first = gateway.GetAsync("/first");
        await upstream.HoldsAsync(1);

        Assert.Equal(502, (await gateway.GetAsync("/second")).Status);

        upstream.Release();
        Assert.Equal("/first", (await first).Text);
        Assert.Equal(0, gateway.Pool.Servers.All[0].State.Fails);
        await Eventually.TrueAsync(() => gateway.Host.Counters.Errors(ProxyError.GatewayNoLiveUpstream).Value == 1);
    }

    [Fact]
    public async Task Requests_wait_their_turn_and_those_beyond_the_queue_are_502()
    {
        await using var upstream = new HeldUpstream();
        await using var gateway = await TestGateway.StartAsync(upstream.Server, pool: "queue = 2", parameters: "max_conns=1");
        var first = gateway.GetAsync("/1");
        await upstream.HoldsAsync(1);
        var second = gateway.GetAsync("/2");
        await Eventually.TrueAsync(() => gateway.Pool.State.Queue.Count == 1);
        var third = gateway.GetAsync("/3");
        await Eventually.TrueAsync(() => gateway.Pool.State.Queue.Count == 2);

        Assert.Equal(502, (await gateway.GetAsync("/4")).Status);
        upstream.Release(3);

        Assert.Equal("/1", (await first).Text);
        Assert.Equal("/2", (await second).Text);
        Assert.Equal("/3", (await third).Text);
        Assert.Equal(["/1", "/2", "/3"], upstream.Targets);
        await Eventually.TrueAsync(() => gateway.Host.Counters.Errors(ProxyError.GatewayQueueTimeout).Value == 1);
    }

    [Fact]
    public async Task A_request_that_waits_longer_than_the_queue_allows_is_502()
    {
        await using var upstream = new HeldUpstream();
        await using var gateway = await TestGateway.StartAsync(upstream.Server, pool: "queue = '2 timeout=500ms'", parameters: "max_conns=1", time: new FakeTimeProvider());
        var first = gateway.GetAsync("/1");
        await upstream.HoldsAsync(1);

        Assert.Equal(502, (await gateway.RunClockAsync(gateway.GetAsync("/2"))).Status);

        Assert.Equal(0, gateway.Pool.State.Queue.Count);
        upstream.Release();
        Assert.Equal("/1", (await first).Text);
        Assert.Equal(["/1"], upstream.Targets);
    }

    [Fact]
    public async Task A_client_that_leaves_the_queue_gives_its_place_to_others()
    {
        await using var upstream = new HeldUpstream();
        await using var gateway = await TestGateway.StartAsync(upstream.Server, pool: "queue = 1", parameters: "max_conns=1");
        var first = gateway.GetAsync("/1");
        await upstream.HoldsAsync(1);
        var leaving = await gateway.ConnectAsync();
        await leaving.SendAsync("GET /2 HTTP/1.1\r\nHost: t\r\n\r\n");
        await Eventually.TrueAsync(() => gateway.Pool.State.Queue.Count == 1);

        leaving.Dispose();
        await Eventually.TrueAsync(() => gateway.Pool.State.Queue.Count == 0);
        var third = gateway.GetAsync("/3");
        await Eventually.TrueAsync(() => gateway.Pool.State.Queue.Count == 1);
        upstream.Release(2);

        Assert.Equal(200, (await first).Status);
        Assert.Equal("/3", (await third).Text);
        Assert.Equal(["/1", "/3"], upstream.Targets);
    }

    [Fact]
    public async Task A_place_is_free_again_however_a_request_ends()
    {
        await using var upstream = ScriptedUpstream.EndingInTurn();
        await using var gateway = await TestGateway.StartAsync(upstream, "proxy_next_upstream = 'off'", parameters: "max_conns=1 max_fails=0");

        for (var i = 0; i < 50; i++)
        {
            using var client = await gateway.ConnectAsync();
            await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
            try
            {
                await client.ReadToEndAsync();
            }
            catch (System.Net.Sockets.SocketException)
            {
                // The truncated one.
            }

            await gateway.IdleAsync();
        }

        Assert.Equal(0, gateway.Host.Counters.Errors(ProxyError.GatewayNoLiveUpstream).Value);
        Assert.InRange(upstream.Requests.Count, 50, 100);
    }
}
