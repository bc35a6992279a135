using Balancer.Http;
using Balancer.TestSupport;
using Balancer.TestSupport.Http2;
using Microsoft.AspNetCore.Http;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>What clients send that no HTTP/2 server can answer is theirs alone: no server is ejected for it, and none is tried in vain.</summary>
public class Http2BlameTests
{
    private const string Version2 = "proxy_http_version = '2'";

    [Theory]
    [InlineData("connect")]
    [InlineData("trace")]
    [InlineData("post")]
    [InlineData("Head")]
    public async Task A_method_that_is_a_known_one_but_for_its_case_is_not_implemented(string method)
    {
        await using var upstream = FrameUpstream.Start(stream => Frames.Headers(stream, true, (":status", "204")));
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address], Version2));

        var response = await gateway.SendAsync($"{method} / HTTP/1.1\r\nHost: t\r\n\r\n");

        Assert.Equal(501, response.Status);
        Assert.Equal(0, upstream.Connections);
        Assert.Empty(gateway.Log.Named("upstream-failed"));
    }

    [Fact]
    public async Task A_method_of_small_letters_that_is_no_known_one_passes_as_it_is()
    {
        await using var upstream = await KestrelUpstream.StartAsync(context => context.Response.WriteAsync("ok"));
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address], Version2));

        Assert.Equal(200, (await gateway.SendAsync("purge / HTTP/1.1\r\nHost: t\r\n\r\n")).Status);
        Assert.StartsWith("purge ", Assert.Single(upstream.Requests));
    }

    [Fact]
    public async Task More_fields_than_the_servers_take_are_answered_431_and_eject_none()
    {
        await using var first = await KestrelUpstream.StartAsync(context => context.Response.WriteAsync("ok"), limits: limits => limits.MaxRequestHeadersTotalSize = 10_000);
        await using var second = await KestrelUpstream.StartAsync(context => context.Response.WriteAsync("ok"), limits: limits => limits.MaxRequestHeadersTotalSize = 10_000);
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([first.Address, second.Address], Version2, parameters: "max_fails=1"));
        Assert.Equal(200, (await gateway.GetAsync()).Status);
        Assert.Equal(200, (await gateway.GetAsync()).Status);

        var large = string.Concat(Enumerable.Range(0, 4).Select(i => $"X-{i}: {new string('a', 5000)}\r\n"));
        var response = await gateway.SendAsync($"GET / HTTP/1.1\r\nHost: t\r\n{large}\r\n");

        Assert.Equal(431, response.Status);
        Assert.Contains("ClientFieldsTooLarge", Assert.Single(gateway.Log.Named("client-failed")));
        Assert.Empty(gateway.Log.Named("upstream-failed"));
        await Eventually.TrueAsync(() => gateway.Host.Counters.Errors(ProxyError.ClientFieldsTooLarge).Value == 1);
        Assert.Equal(200, (await gateway.GetAsync()).Status);
        Assert.Equal(200, (await gateway.GetAsync()).Status);
        Assert.Equal((2, 2), (first.Requests.Count, second.Requests.Count));
    }

    [Theory]
    [InlineData((int)ErrorCode.ProtocolError)]
    [InlineData((int)ErrorCode.EnhanceYourCalm)]
    public async Task A_request_the_server_rejects_fails_alone(int code)
    {
        var answers = 0;
        await using var upstream = FrameUpstream.Start(stream => ++answers == 1 ? Frames.Reset(stream, (ErrorCode)code) : Frames.Headers(stream, true, (":status", "204")));
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address, "127.0.0.1:1 backup"], Version2, parameters: "max_fails=1"));

        Assert.Equal(502, (await gateway.GetAsync()).Status);
        Assert.Equal(204, (await gateway.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n", isBodyless: true)).Status);
        Assert.Contains("UpstreamRejected", Assert.Single(gateway.Log.Named("upstream-failed")));
        Assert.Equal(1, gateway.Pool.Servers.All[0].State.Metrics.Failures(Upstreams.UpstreamFailure.Rejected).Value);
    }

    [Theory]
    [InlineData("a,b", "")]
    [InlineData("a!,", "")]
    [InlineData("t", "a b")]
    [InlineData("t", "a/b")]
    public async Task A_host_that_cannot_be_the_authority_is_answered_400(string host, string set)
    {
        await using var upstream = await KestrelUpstream.StartAsync(context => context.Response.WriteAsync("ok"));
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address], $"{Version2}\n{(set == "" ? "" : "proxy_set_header = { Host = '$http_x_set' }")}"));

        var response = await gateway.SendAsync($"GET / HTTP/1.1\r\nHost: {host}\r\nX-Set: {set}\r\n\r\n");

        Assert.Equal(400, response.Status);
        Assert.Empty(upstream.Requests);
        Assert.Empty(gateway.Log.Named("upstream-failed"));
        Assert.Contains("ClientMalformed", Assert.Single(gateway.Log.Named("client-failed")));
        Assert.Equal(200, (await gateway.SendAsync("GET / HTTP/1.1\r\nHost: t\r\nX-Set: t\r\n\r\n")).Status);
    }

    [Theory]
    [InlineData("b\r\n12345678901\r\n", nameof(ProxyError.ClientBodyTooLarge))]
    [InlineData("nonsense\r\n", nameof(ProxyError.ClientMalformed))]
    public async Task A_body_that_breaks_a_rule_after_the_response_began_is_not_the_servers_fault(string rest, string error)
    {
        await using var upstream = FrameUpstream.Start(stream => Frames.Join(Frames.Headers(stream, false, (":status", "200")), Frames.Data(stream, false, "start")));
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address], $"{Version2}\nclient_max_body_size = 10"));
        using var client = await gateway.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
        await client.ReadHeadAsync();
        Assert.Equal("5\r\nstart\r\n", System.Text.Encoding.Latin1.GetString(await client.ReadExactAsync(10)));

        await client.SendAsync(rest);

        Assert.True(await client.IsClosedAsync());
        await Eventually.TrueAsync(() => gateway.Log.Named("client-failed").Any());
        Assert.Contains(error, Assert.Single(gateway.Log.Named("client-failed")));
        Assert.Empty(gateway.Log.Named("response-broken"));
        Assert.Equal(0, gateway.Pool.Servers.All[0].State.Metrics.Failures(Upstreams.UpstreamFailure.Truncated).Value);
    }

    [Fact]
    public async Task A_request_refused_first_and_worked_on_then_is_not_sent_to_another_server()
    {
        // The framework's client asks again by itself when a stream is refused; the try ends when it is at the end of its patience.
        var refusals = int.MaxValue;
        var posts = 0;
        await using var first = FrameUpstream.Start(stream => stream == 1 ? Frames.Headers(stream, true, (":status", "204"))
            : Frames.Reset(stream, ++posts <= refusals ? ErrorCode.RefusedStream : ErrorCode.InternalError));
        await using var second = await KestrelUpstream.StartAsync(context => context.Response.WriteAsync("ok"));
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([first.Address, $"{second.Address} backup"], Version2, parameters: "max_fails=0"));
        Assert.Equal(204, (await gateway.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n", isBodyless: true)).Status);
        const string Post = "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n\r\nbody";
        Assert.Equal(200, (await gateway.SendAsync(Post)).Status);
        Assert.Single(second.Requests);
        Assert.Equal(0, posts % 2);
        refusals = posts / 2;
        posts = 0;

        var response = await gateway.SendAsync(Post);

        Assert.Equal(502, response.Status);
        Assert.Equal(refusals + 1, posts);
        Assert.Single(second.Requests);
    }
}
