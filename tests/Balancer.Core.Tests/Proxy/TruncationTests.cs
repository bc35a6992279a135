using System.Net.Sockets;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.TestSupport;
using Balancer.Upstreams;

namespace Balancer.Proxy;

/// <summary>Responses that break off: the client must be able to tell.</summary>
public class TruncationTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nZZ\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", false)]
    public async Task A_response_that_is_not_whole_ends_the_clients_connection_without_its_end(string response, bool resets)
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            await wire.SendAsync(response);
            if (resets)
            {
                await wire.IsDeliveredAsync();
                wire.Reset();
            }
        });
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        var received = await ReadUntilBrokenAsync(client);

        Assert.DoesNotContain("0\r\n\r\n", received);
        Assert.DoesNotContain("HTTP/1.1 5", received);
        await Eventually.TrueAsync(() => gateway.Host.Counters.Errors(ProxyError.UpstreamTruncated).Value == 1);
        await gateway.IdleAsync();
        var server = gateway.Pool.Servers.All[0].State;
        Assert.Equal(1, server.Metrics.Failures(UpstreamFailure.Truncated).Value);
        Assert.Equal(0, server.Fails);
        Assert.Equal(0, server.Connections.Open);
        Assert.Single(gateway.Log.Named("response-broken"));
    }

    [Fact]
    public async Task A_response_until_close_that_is_reset_is_not_whole_for_an_HTTP_1_0_client()
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            await wire.SendAsync("HTTP/1.1 200 OK\r\n\r\nabc");
            await wire.IsDeliveredAsync();
            wire.Reset();
        });
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");

        await Assert.ThrowsAsync<SocketException>(client.ReadToEndAsync);
    }

    [Fact]
    public async Task A_body_that_stalls_is_cut_after_the_read_timeout()
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            await wire.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            await wire.IsClosedAsync();
        });
        var time = new FakeTimeProvider();
        await using var gateway = await TestGateway.StartAsync(upstream, "proxy_read_timeout = '1s'", time: time);
        using var client = await gateway.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        await client.ReadHeadAsync();
        await gateway.RunClockAsync(client.IsClosedAfterAsync("abc"));

        await gateway.IdleAsync();
        Assert.Equal(1, gateway.Pool.Servers.All[0].State.Metrics.Failures(UpstreamFailure.BodyTimeout).Value);
    }

    private static async Task<string> ReadUntilBrokenAsync(Wire client)
    {
        var text = "";
        try
        {
            while (await client.ReadLineAsync() is { } line)
            {
                text += line + "\r\n";
            }
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException)
        {
            // It broke off; a reset may have overtaken what came before it.
        }

        return text;
    }
}
