using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>Bodies of requests that are sent again to another server, and the bound of what is kept for that.</summary>
public class ReplayTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1024)]
    public async Task A_body_that_fits_the_buffer_is_sent_again(int length)
    {
        var (status, body) = await SendAsync(length, isChunked: false);

        Assert.Equal(200, status);
        Assert.Equal(ForwardingTests.Noise(length), body);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1024)]
    public async Task A_chunked_body_that_fits_the_buffer_is_sent_again(int length)
    {
        var (status, body) = await SendAsync(length, isChunked: true);

        Assert.Equal(200, status);
        Assert.Equal(ForwardingTests.Noise(length), body);
    }

    [Theory]
    [InlineData(1025, false)]
    [InlineData(1025, true)]
    [InlineData(300_000, false)]
    [InlineData(300_000, true)]
    public async Task A_body_that_outgrew_the_buffer_is_sent_once_only(int length, bool isChunked)
    {
        var (status, body) = await SendAsync(length, isChunked);

        Assert.Equal(502, status);
        Assert.Null(body);
    }

    [Fact]
    public async Task A_body_of_which_a_part_was_read_when_the_first_server_failed_is_completed_for_the_second()
    {
        var failed = new SemaphoreSlim(0);
        await using var first = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadHeadAsync();
            Assert.Equal("hello", System.Text.Encoding.ASCII.GetString(await wire.ReadExactAsync(5)));
            failed.Release();
        });
        await using var second = ScriptedUpstream.Ok("second");
        await using var gateway = await TestGateway.StartAsync([first, second]);
        using var client = await gateway.ConnectAsync();

        await client.SendAsync("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: 11\r\n\r\nhello");
        Assert.True(await failed.WaitAsync(TimeSpan.FromSeconds(30)));
        await Eventually.TrueAsync(() => second.Connections == 1);
        await client.SendAsync(" world");

        Assert.Equal("second", (await client.ReadResponseAsync()).Text);
        Assert.Equal("hello world", Assert.Single(second.Requests).Text);
        Assert.Empty(first.Failures);
    }

    [Fact]
    public async Task Trailers_are_sent_again()
    {
        await using var first = ScriptedUpstream.Start(wire => wire.ReadMessageAsync());
        await using var second = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync([first, second]);

        var response = await gateway.SendAsync("PUT / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 11\r\n\r\n");

        Assert.Equal(200, response.Status);
        var request = Assert.Single(second.Requests);
        Assert.Equal("hello world", request.Text);
        Assert.Equal([("X-Sum", "11")], request.Trailers);
    }

    private static async Task<(int Status, byte[]? Body)> SendAsync(int length, bool isChunked)
    {
        await using var first = ScriptedUpstream.Start(wire => wire.ReadMessageAsync());
        await using var second = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync([first, second], "client_body_buffer_size = '1k'");
        using var client = await gateway.ConnectAsync();
        var body = ForwardingTests.Noise(length);
        if (isChunked)
        {
            await client.SendAsync($"PUT / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n");
            await client.SendAsync(body);
            await client.SendAsync("\r\n0\r\n\r\n");
        }
        else
        {
            await client.SendAsync($"PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: {length}\r\n\r\n");
            await client.SendAsync(body);
        }

        var status = (await client.ReadResponseAsync()).Status;
        return (status, second.Requests.TryPeek(out var request) ? request.Body : null);
    }
}
