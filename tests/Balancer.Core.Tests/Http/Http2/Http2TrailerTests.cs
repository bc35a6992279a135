using System.Text;
using Balancer.TestSupport;
using Balancer.TestSupport.Http2;

namespace Balancer.Http.Http2;

/// <summary>Trailers between HTTP/2 and HTTP/1.1: what passes, and what may not.</summary>
public sealed class Http2TrailerTests
{
    private const string On = "http2 = true";

    [Fact]
    public async Task Trailers_pass_both_ways()
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            var request = await wire.ReadMessageAsync();
            var sum = request!.Trailers.Single(t => t.Name.Equals("x-sum", StringComparison.OrdinalIgnoreCase)).Value;
            Assert.DoesNotContain(request.Trailers, t => t.Name.Equals("content-type", StringComparison.OrdinalIgnoreCase));
            await wire.SendAsync($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Echo: {sum}\r\ngrpc-status: 0\r\n\r\n");
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1), Frames.Data(1, false, "abc"), Frames.Headers(1, true, ("x-sum", "17"), ("content-type", "text/evil")));
        var response = await client.ReadStreamAsync(1);

        Assert.Equal("ok", response.Text);
        Assert.Equal([("grpc-status", "0"), ("x-echo", "17")], response.Trailers.Order());
        Assert.Empty(upstream.Failures);
    }

    [Theory]
    [InlineData("content-length", "5")]
    [InlineData("transfer-encoding", "chunked")]
    [InlineData("host", "evil")]
    [InlineData("trailer", "x")]
    [InlineData("content-encoding", "gzip")]
    [InlineData("authorization", "Basic x")]
    [InlineData("x\r\ny", "1")]
    [InlineData("x y", "1")]
    [InlineData("x:y", "1")]
    [InlineData("x", "1\u0001")]
    [InlineData("x", "1\r\nhost: evil")]
    [InlineData("x", "1\r\n\r\nGET /evil HTTP/1.1\r\nhost: evil\r\n\r\n")]
    [InlineData("x", "1\nhost: evil")]
    public async Task Trailers_that_change_a_message_or_break_a_line_are_not_passed_on(string name, string value)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1), Frames.Data(1, false, "abc"), Frames.Headers(1, true, ("x-sum", "17"), (name, value)));

        Assert.Equal(200, (await client.ReadStreamAsync(1)).Status);
        Assert.Equal(200, (await client.GetAsync(3)).Status);
        var request = upstream.Requests.First();
        Assert.Equal("abc", Encoding.Latin1.GetString(request.Body));
        Assert.Equal([("x-sum", "17")], request.Trailers.Select(t => (t.Name.ToLowerInvariant(), t.Value)));
        Assert.Equal(2, upstream.Requests.Count);
    }

    [Fact]
    public async Task Trailers_in_the_place_of_announced_bytes_end_no_request()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1, ("content-length", "3")), Frames.Data(1, false, "ab"), Frames.Headers(1, true, ("x-sum", "1")));
        await client.ReadUntilAsync(() => client.Stream(1).Reset is not null || client.GoAway is not null);

        await gateway.IdleAsync();
        Assert.Empty(upstream.Requests);
    }
}
