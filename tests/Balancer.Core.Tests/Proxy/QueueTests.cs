using Balancer.TestSupport;
using Balancer.Upstreams;

namespace Balancer.Proxy;

public sealed class QueueTests
{
    private const string Request = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";

    [Fact]
    public async Task Request_whose_time_in_the_queue_is_over_is_502_and_counted()
    {
        var go = new TaskCompletionSource();
        await using var upstream = Held(go.Task);
        await using var gateway = await StartAsync(upstream);
        using var first = await TakeTheOnlyPlaceAsync(gateway, upstream);
        var late = gateway.SendAsync(Request);
        await WaitingAsync(gateway, 1);

        Assert.Equal(502, (await gateway.RunClockAsync(late)).Status);

        Assert.Equal((1, 0), (Queue(gateway).Timeouts.Value, Queue(gateway).Count));
        Assert.Contains("GatewayQueueTimeout", Assert.Single(gateway.Log.Named("no-live-upstream")), StringComparison.Ordinal);
        go.SetResult();
        Assert.Equal(200, (await first.ReadResponseAsync()).Status);
    }

    [Fact]
    public async Task Client_that_leaves_the_queue_is_no_timeout()
    {
        var go = new TaskCompletionSource();
        await using var upstream = Held(go.Task);
        await using var gateway = await StartAsync(upstream);
        using var first = await TakeTheOnlyPlaceAsync(gateway, upstream);
        using (var leaver = await gateway.ConnectAsync())
        {
            await leaver.SendAsync(Request);
            await WaitingAsync(gateway, 1);
        }

        await WaitingAsync(gateway, 0);
        go.SetResult();
        Assert.Equal(200, (await first.ReadResponseAsync()).Status);
        await gateway.IdleAsync();
        Assert.Equal(0, Queue(gateway).Timeouts.Value);
        Assert.Empty(gateway.Log.Named("no-live-upstream"));
        Assert.Contains("ClientAborted", Assert.Single(gateway.Log.Named("client-failed")), StringComparison.Ordinal);
        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task Request_that_finds_the_queue_full_is_502_at_once()
    {
        var go = new TaskCompletionSource();
        await using var upstream = Held(go.Task);
        await using var gateway = await StartAsync(upstream);
        using var first = await TakeTheOnlyPlaceAsync(gateway, upstream);
        var second = gateway.SendAsync(Request);
        await WaitingAsync(gateway, 1);

        Assert.Equal(502, (await gateway.SendAsync(Request)).Status);

        Assert.Equal((0, 1), (Queue(gateway).Timeouts.Value, Queue(gateway).Overflows.Value));
        go.SetResult();
        Assert.Equal(200, (await first.ReadResponseAsync()).Status);
        Assert.Equal(200, (await second).Status);
    }

    private static ScriptedUpstream Held(Task go) => ScriptedUpstream.Start(async wire =>
    {
        while (await wire.ReadHeadAsync() is not null)
        {
            await go;
            await wire.SendAsync(ScriptedUpstream.OkText("ok"));
        }
    });

    private static Task<TestGateway> StartAsync(ScriptedUpstream upstream) =>
        TestGateway.StartAsync(upstream, pool: "queue = \"1 timeout=2s\"", parameters: "max_conns=1", time: new Infrastructure.FakeTimeProvider());

    private static async Task<Wire> TakeTheOnlyPlaceAsync(TestGateway gateway, ScriptedUpstream upstream)
    {
        var first = await gateway.ConnectAsync();
        await first.SendAsync(Request);
        await Eventually.TrueAsync(() => upstream.Connections == 1 && gateway.Pool.Servers.All[0].State.Conns == 1);
        return first;
    }

    private static Task WaitingAsync(TestGateway gateway, int count) => Eventually.TrueAsync(() => Queue(gateway).Count == count);

    private static UpstreamQueue Queue(TestGateway gateway) => gateway.Pool.State.Queue;
}
