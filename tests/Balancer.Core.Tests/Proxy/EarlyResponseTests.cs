using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>Servers that answer before the body of the request is complete.</summary>
public class EarlyResponseTests
{
    [Fact]
    public async Task An_answer_reaches_the_client_while_it_still_sends()
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadHeadAsync();
            await wire.SendAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
            await wire.ReadToEndAsync();
        });
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();

        await client.SendAsync("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: 100000\r\n\r\nsome");
        var response = await client.ReadResponseAsync();

        Assert.Equal(403, response.Status);
        Assert.Equal("no", response.Text);
        Assert.Empty(upstream.Failures);
    }

    [Theory]
    [InlineData("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")]
    [InlineData("HTTP/1.1 413 Too Large\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 413 Too Large\r\n\r\nno")]
    public async Task An_answer_of_a_server_that_then_closes_its_side_is_passed_on(string answer)
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadHeadAsync();
            await wire.SendAsync(answer);
            wire.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            await wire.ReadToEndAsync();
        });
        await using var gateway = await TestGateway.StartAsync(upstream, "client_max_body_size = 0");
        using var client = await gateway.ConnectAsync();

        await client.SendAsync("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\n");
        var sending = client.SendAsync(new byte[1_000_000]);
        var response = await client.ReadResponseAsync();

        Assert.Equal(413, response.Status);
        Assert.Equal("no", response.Text);
        await sending;
    }

    [Fact]
    public async Task The_connection_to_a_server_that_was_not_sent_all_is_not_used_again()
    {
        await using var upstream = ScriptedUpstream.Start(async (wire, number) =>
        {
            await wire.ReadHeadAsync();
            await wire.SendAsync(ScriptedUpstream.OkText($"{number}"));
            await wire.ReadToEndAsync();
        });
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();

        await client.SendAsync("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nhello");
        Assert.Equal("0", (await client.ReadResponseAsync()).Text);

        // The rest of the body is no request, and the next one goes on a connection of its own.
        await client.SendAsync("worldGET / HTTP/1.1\r\nHost: t\r\n\r\n");
        Assert.Equal("1", (await client.ReadResponseAsync()).Text);
        Assert.Equal(2, upstream.Connections);
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", true)]
    [InlineData("", false)]
    public async Task A_client_that_waits_for_100_is_told_by_us_when_its_body_is_wanted(string upstreamInterim, bool isSent)
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            var request = await wire.ReadHeadAsync();
            Assert.Null(request!["Expect"]);
            await wire.SendAsync(upstreamInterim);
            await wire.ReadBodyAsync(request);
            await wire.SendAsync(ScriptedUpstream.OkText(request.Text));
        });
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();

        await client.SendAsync("PUT / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadTextAsync());
        await client.SendAsync("body");

        var response = await client.ReadResponseAsync();
        Assert.Equal("body", response.Text);
        Assert.Empty(response.Interim);
        Assert.Equal(isSent, upstreamInterim.Length > 0);
        Assert.Empty(upstream.Failures);
    }

    [Theory]
    [InlineData("return = '403'", "", 403)]
    [InlineData("client_max_body_size = 3", "", 413)]
    [InlineData("", "down", 502)]
    public async Task A_client_that_waits_for_100_gets_the_final_answer_when_its_body_is_not_wanted(string location, string parameters, int expected)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, location, parameters: parameters);
        using var client = await gateway.ConnectAsync();

        await client.SendAsync("PUT / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        var response = await client.ReadResponseAsync();

        Assert.Equal(expected, response.Status);
        Assert.Empty(response.Interim);
        Assert.Equal("close", response["Connection"]);
    }

    [Theory]
    [InlineData("Content-Length: 4\r\n\r\nbody", 413)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", 413)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n", 413)]
    [InlineData("Content-Length: 3\r\n\r\nbod", 200)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n1\r\nd\r\n0\r\n\r\n", 200)]
    public async Task A_body_larger_than_allowed_is_413(string rest, int expected)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, "client_max_body_size = 3");

        Assert.Equal(expected, (await gateway.SendAsync($"PUT / HTTP/1.1\r\nHost: t\r\n{rest}")).Status);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\nX\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nbodyX")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n")]
    public async Task A_malformed_body_is_400_and_ends_the_connection(string rest)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();

        await client.SendAsync($"PUT / HTTP/1.1\r\nHost: t\r\n{rest}GET /smuggled HTTP/1.1\r\nHost: t\r\n\r\n");
        var answer = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", answer);
        Assert.Equal(answer.LastIndexOf("HTTP/1.1", StringComparison.Ordinal), answer.IndexOf("HTTP/1.1", StringComparison.Ordinal));
        Assert.Empty(upstream.Requests);
    }
}
