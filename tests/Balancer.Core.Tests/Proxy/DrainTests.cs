using Balancer.TestSupport;

namespace Balancer.Proxy;

public sealed class DrainTests
{
    [Theory]
    [InlineData("")]
    [InlineData("PROXY TCP4 127.0.0.1 ")]
    public async Task Connection_whose_proxy_header_does_not_come_ends_with_the_drain(string sent)
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.ConnectAsync();
        await client.SendAsync(sent);
        await Eventually.TrueAsync(() => gateway.Host.Listeners[0].Connections == 1);

        var stopping = gateway.Host.StopAsync(TimeSpan.FromMinutes(10));
        var start = gateway.Time!.GetTimestamp();
        Assert.Equal(0, await gateway.RunClockAsync(stopping));

        // As long as an idle connection may wait for a last request.
        Assert.InRange(gateway.Time.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.True(await client.IsClosedAsync());
        Assert.Empty(gateway.Log.Named("proxy-header-refused"));
    }

    [Fact]
    public async Task Request_whose_proxy_header_comes_within_the_drain_is_served()
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.ConnectAsync();
        await Eventually.TrueAsync(() => gateway.Host.Listeners[0].Connections == 1);
        var stopping = gateway.Host.StopAsync(TimeSpan.FromMinutes(10));

        await client.SendAsync("PROXY TCP4 192.0.2.1 192.0.2.2 1000 80\r\nGET / HTTP/1.1\r\nHost: t\r\n\r\n");
        var response = await client.ReadResponseAsync();

        Assert.Equal((200, "192.0.2.1", "close"), (response.Status, response.Text, response["Connection"]));
        Assert.Equal(0, await gateway.RunClockAsync(stopping));
    }

    private static Task<TestGateway> StartAsync() => TestGateway.StartAsync(
        """
        [[server]]
        listen = "127.0.0.1:0 proxy_protocol"
        return = "200 $proxy_protocol_addr"
        """,
        new Infrastructure.FakeTimeProvider());
}
