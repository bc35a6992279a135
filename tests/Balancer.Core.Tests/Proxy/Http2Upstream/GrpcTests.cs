using Balancer.TestSupport;
using Balancer.TestSupport.Http2;
using Microsoft.AspNetCore.Http;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>grpc_pass: what is particular about gRPC.</summary>
public class GrpcTests
{
    private static readonly (string, string)[] s_grpc = [("content-type", "application/grpc+proto"), ("te", "trailers")];

    [Fact]
    public async Task A_call_passes_with_its_status_in_the_trailers()
    {
        await using var upstream = await KestrelUpstream.StartAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Request.Body.CopyToAsync(context.Response.Body);
            context.Response.AppendTrailer("grpc-status", "0");
            context.Response.AppendTrailer("x-te", context.Request.Headers.TE);
        });
        await using var gateway = await StartAsync(upstream.Address);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1, ("content-type", "application/grpc")), Frames.Data(1, true, "12345"));
        var response = await client.ReadStreamAsync(1);

        Assert.Equal((200, "12345"), (response.Status, response.Text));
        Assert.Equal([("grpc-status", "0"), ("x-te", "trailers")], response.Trailers.Order());
    }

    [Fact]
    public async Task A_response_without_a_body_stays_one_head_that_ends_the_stream()
    {
        await using var upstream = await KestrelUpstream.StartAsync(context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "5";
            return Task.CompletedTask;
        });
        await using var gateway = await StartAsync(upstream.Address);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1, s_grpc), Frames.Data(1, true, "12345"));
        Frame? frame;
        do
        {
            frame = await client.ReadFrameAsync();
        }
        while (frame is not { Type: FrameType.Headers });

        Assert.True(frame.Flags.HasFlag(FrameFlags.EndStream));
        Assert.Equal((200, "5"), (client.Stream(1).Status, client.Stream(1)["grpc-status"]));
    }

    [Theory]
    [InlineData("application/grpc", "grpc-web", 200)]
    [InlineData("application/grpc+proto", "", 200)]
    [InlineData("text/plain", "", 502)]
    public async Task A_gateway_without_a_server_answers_a_call_with_UNAVAILABLE(string contentType, string agent, int status)
    {
        using var closed = new ClosedPort();
        await using var gateway = await StartAsync(closed.Address);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1, ("content-type", contentType), ("user-agent", agent)), Frames.Data(1, true, "12345"));
        var response = await client.ReadStreamAsync(1);

        Assert.Equal(status, response.Status);
        Assert.Equal(status == 200 ? ("14", "Bad Gateway", "application/grpc") : (null, null, "text/html"), (response["grpc-status"], response["grpc-message"], response["content-type"]));
    }

    [Fact]
    public async Task A_call_that_is_too_large_is_told_so()
    {
        await using var upstream = await KestrelUpstream.StartAsync(context => context.Request.Body.CopyToAsync(Stream.Null));
        await using var gateway = await StartAsync(upstream.Address, "client_max_body_size = 3");
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1, s_grpc), Frames.Data(1, true, "12345"));
        var response = await client.ReadStreamAsync(1);

        Assert.Equal((200, "8"), (response.Status, response["grpc-status"]));
    }

    [Theory]
    [InlineData(400, 13)]
    [InlineData(403, 7)]
    [InlineData(404, 12)]
    [InlineData(408, 2)]
    [InlineData(413, 8)]
    [InlineData(429, 14)]
    [InlineData(500, 2)]
    [InlineData(502, 14)]
    [InlineData(503, 14)]
    [InlineData(504, 14)]
    public void Statuses_have_codes_of_gRPC(int status, int expected) => Assert.Equal(expected, GrpcResponse.StatusOf(status));

    internal static Task<TestGateway> StartAsync(string upstream, string location = "", string pass = "grpc://pool") => TestGateway.StartAsync($$"""
        [upstream.pool]
        server = "{{upstream}}"

        [[server]]
        listen = "127.0.0.1:0"
        http2 = true

          [[server.location]]
          path = "/"
          grpc_pass = "{{pass}}"
          {{location}}
        """);
}
