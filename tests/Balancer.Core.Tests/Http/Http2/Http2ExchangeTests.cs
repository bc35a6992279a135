using Balancer.TestSupport;
using Balancer.TestSupport.Http2;

namespace Balancer.Http.Http2;

/// <summary>Requests over HTTP/2, through the gateway to an HTTP/1.1 server and back.</summary>
public sealed class Http2ExchangeTests
{
    private const string On = "http2 = true";

    [Fact]
    public async Task A_request_is_passed_on_as_HTTP_1_1_and_its_response_comes_back()
    {
        await using var upstream = ScriptedUpstream.Answer(_ => "HTTP/1.1 201 Made\r\nServer: up\r\nX-Two: a\r\nX-Two: b\r\nContent-Length: 2\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\nok");
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        var response = await client.GetAsync(1, "/a%20b?c", ("x-one", "1"), ("te", "trailers"));

        Assert.Equal(201, response.Status);
        Assert.Equal("ok", response.Text);
        Assert.Equal("2", response["content-length"]);
        Assert.Equal(["a", "b"], response.Fields.Where(f => f.Name == "x-two").Select(f => f.Value));
        Assert.DoesNotContain(response.Fields, f => f.Name is "connection" or "keep-alive");
        Assert.NotNull(response["date"]);
        var request = Assert.Single(upstream.Requests);
        Assert.Equal("GET /a%20b?c HTTP/1.1", request.FirstLine);
        Assert.Equal("test", request["Host"]);
        Assert.Equal("1", request["X-One"]);
        Assert.Null(request["TE"]);
        Assert.Null(request["Transfer-Encoding"]);
        Assert.Equal("127.0.0.1", request["X-Forwarded-For"]);
    }

    [Fact]
    public async Task The_preface_is_refused_where_http2_is_off()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint, greets: false);

        await client.SendAsync(Frames.Preface, Frames.Settings());
        await client.ReadToEndAsync();

        Assert.Equal(ErrorCode.Http11Required, client.GoAway!.Error);
    }

    [Fact]
    public async Task A_client_that_closes_while_it_is_answered_is_no_fault_of_the_gateway()
    {
        await using var gateway = await TestGateway.StartAsync("""
            [[server]]
            listen = "127.0.0.1:0"
            http2 = true
            return = "200 ok"
            """);
        for (var i = 0; i < 100; i++)
        {
            // Whether a response meets a connection that is gone is a matter of chance: that a request fails inside is seen when the gateway stops.
            using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);
            await client.SendAsync([.. Enumerable.Range(0, 20).Select(n => Frames.Get((2 * n) + 1))]);
            client.Wire.Reset();
        }
    }
}
