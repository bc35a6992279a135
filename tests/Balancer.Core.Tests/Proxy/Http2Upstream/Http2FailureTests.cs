using Balancer.TestSupport;
using Balancer.TestSupport.Http2;
using Microsoft.AspNetCore.Http;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>Servers that fail: the first of a pool does something wrong, the second one answers.</summary>
public class Http2FailureTests
{
    private const string Version2 = "proxy_http_version = '2'\nproxy_read_timeout = '2s'";

    /// <summary>Method, proxy_next_upstream, what the first server does, and the status the client sees: 200 comes from the second server.</summary>
    public static TheoryData<string, string, string, int> Cases => new()
    {
        { "GET", "error", "refuses connections", 200 },
        { "POST", "error", "refuses connections", 200 },
        { "GET", "off", "refuses connections", 502 },
        { "GET", "error", "resets the stream", 200 },
        { "POST", "error", "resets the stream", 502 },
        { "POST", "error non_idempotent", "resets the stream", 200 },
        { "GET", "error", "refuses the stream", 200 },
        { "POST", "error", "refuses the stream", 200 },
        { "POST", "off", "refuses the stream", 502 },
        { "GET", "error", "rejects the request", 502 },
        { "GET", "invalid_header", "rejects the request", 200 },
        { "POST", "invalid_header", "rejects the request", 502 },
        { "GET", "error", "ends the connection by an error", 200 },
        { "GET", "error", "sends a wrong frame", 200 },
        { "GET", "error", "closes", 200 },
        { "POST", "error", "closes", 502 },
        { "GET", "timeout", "stays silent", 200 },
        { "GET", "error", "stays silent", 504 },
        { "POST", "timeout", "stays silent", 504 },
        { "GET", "error", "speaks HTTP/1.1", 200 },
        { "GET", "http_503", "503", 200 },
        { "GET", "error", "503", 503 },
        { "POST", "http_503", "503", 503 },
        { "GET", "error", "sends a field of HTTP/1.1", 502 },
        { "GET", "invalid_header", "sends a field of HTTP/1.1", 200 },
        { "GET", "error", "sends two lengths", 502 },
        { "GET", "error", "sends a head too large", 502 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_request_goes_to_the_next_server_when_it_may(string method, string conditions, string fault, int expected)
    {
        using var closed = new ClosedPort();
        await using var first = FrameUpstream.Start((wire, stream) => FailAsync(wire, stream, fault));
        await using var second = await KestrelUpstream.StartAsync(async context => await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync()));
        await using var gateway = await TestGateway.StartAsync(
            TestGateway.Toml([fault == "refuses connections" ? closed.Address : first.Address, second.Address], $"{Version2}\nproxy_next_upstream = '{conditions}'", parameters: "max_fails=0"));

        var response = await gateway.SendAsync($"{method} /a HTTP/1.1\r\nHost: t\r\n{(method == "POST" ? "Content-Length: 4\r\n\r\nbody" : "\r\n")}");

        Assert.Equal(expected, response.Status);
        Assert.Equal(expected == 200 ? 1 : 0, second.Requests.Count);
        Assert.Empty(first.Failures);
        if (expected == 200)
        {
            Assert.Equal(method == "POST" ? "body" : "", response.Text);
        }
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("reset without error")]
    [InlineData("closed")]
    [InlineData("shorter than it said")]
    [InlineData("longer than it said")]
    public async Task A_response_that_breaks_off_is_seen_by_the_client(string end)
    {
        await using var upstream = FrameUpstream.Start(async (wire, stream) =>
        {
            (string, string)[] length = end.Contains("said") ? [(":status", "200"), ("content-length", end.StartsWith("longer") ? "3" : "9")] : [(":status", "200")];
            await wire.SendAsync(Frames.Headers(stream, false, length));
            await wire.SendAsync(Frames.Data(stream, end.Contains("said"), "start"));
            if (end.StartsWith("reset"))
            {
                await wire.SendAsync(Frames.Reset(stream, end == "reset" ? ErrorCode.InternalError : ErrorCode.NoError));
            }
            else if (end == "closed")
            {
                wire.Dispose();
            }
        });
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address], Version2));
        using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");

        var text = await ReadAsync(client);

        Assert.DoesNotContain("0\r\n\r\n", text);
        Assert.DoesNotContain("start", end.StartsWith("longer") ? text : "");
        await Eventually.TrueAsync(() => gateway.Log.Named("response-broken").Any());
        Assert.Equal(end switch { "reset" => "InternalError", "reset without error" => "NoError", _ => null }, ResetCode(gateway));
    }

    [Theory]
    [InlineData((int)ErrorCode.NoError)]
    [InlineData((int)ErrorCode.InternalError)]
    public async Task A_reset_before_the_response_is_a_failure_with_the_code_in_the_log(int code)
    {
        await using var upstream = FrameUpstream.Start(stream => Frames.Reset(stream, (ErrorCode)code));
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address], Version2));

        Assert.Equal(502, (await gateway.GetAsync()).Status);
        Assert.Contains("UpstreamReset", Assert.Single(gateway.Log.Named("upstream-failed")), StringComparison.Ordinal);
        Assert.Equal($"{(ErrorCode)code}", ResetCode(gateway));
    }

    [Fact]
    public async Task A_reset_without_error_after_the_end_of_the_response_is_no_failure()
    {
        // RFC 9113 section 8.1: a server that has answered may say so that it wants no more of the body.
        await using var upstream = FrameUpstream.Start(stream => Frames.Join(
            Frames.Headers(stream, false, (":status", "200"), ("content-length", "5")), Frames.Data(stream, true, "early"), Frames.Reset(stream, ErrorCode.NoError)));
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address], Version2));
        using var client = await gateway.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\npart");

        var response = await client.ReadResponseAsync();

        Assert.Equal((200, "early"), (response.Status, response.Text));
        client.Dispose();
        await gateway.IdleAsync();
        Assert.Null(ResetCode(gateway));
        Assert.Empty(gateway.Log.Named("upstream-failed").Concat(gateway.Log.Named("response-broken")));
        Assert.Equal(0, gateway.Pool.Servers.All[0].State.Fails);
    }

    [Theory]
    [InlineData("1\r\nx-evil: 2")]
    [InlineData("1\nx-evil: 2")]
    [InlineData("1\rx-evil: 2")]
    [InlineData("1\0x-evil: 2")]
    public async Task A_value_with_a_line_end_splits_no_response(string value)
    {
        await using var upstream = FrameUpstream.Start(stream => Frames.Join(
            Frames.Headers(stream, false, (":status", "200"), ("x-a", value)), Frames.Headers(stream, true, ("x-b", value))));
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address], Version2));

        var response = await gateway.GetAsync();

        Assert.Null(response["x-evil"]);
        Assert.DoesNotContain(response.Fields.Concat(response.Trailers), field => field.Name == "x-evil" || field.Value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0);
    }

    [Fact]
    public async Task A_call_whose_server_dies_ends_with_UNAVAILABLE()
    {
        var seen = new TaskCompletionSource();
        await using var upstream = FrameUpstream.Start(async (wire, stream) =>
        {
            await wire.SendAsync(Frames.Join(Frames.Headers(stream, false, (":status", "200"), ("content-type", "application/grpc")), Frames.Data(stream, false, "start")));
            await seen.Task;
            wire.Dispose();
        });
        await using var gateway = await GrpcTests.StartAsync(upstream.Address);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1, ("content-type", "application/grpc")), Frames.Data(1, true, "12345"));
        await client.ReadUntilAsync(() => client.Stream(1).Text == "start");
        seen.SetResult();
        var response = await client.ReadStreamAsync(1);

        Assert.Null(response.Reset);
        Assert.Equal("14", response.Trailers.Single(t => t.Name == "grpc-status").Value);
    }

    [Fact]
    public async Task Streams_pause_when_the_server_does_not_read()
    {
        var go = new TaskCompletionSource();
        await using var upstream = await KestrelUpstream.StartAsync(async context =>
        {
            await go.Task;
            await context.Request.Body.CopyToAsync(Stream.Null);
        });
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address], "proxy_http_version = '2'\nproxy_send_timeout = '300ms'\nclient_max_body_size = 0"));
        var body = new string('b', 4_000_000);

        var response = await gateway.SendAsync($"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        go.SetResult();

        Assert.Equal(504, response.Status);
        Assert.Contains("UpstreamWriteTimeout", Assert.Single(gateway.Log.Named("upstream-failed")));
    }

    [Fact]
    public async Task Clients_that_wait_for_one_connection_fail_together()
    {
        using var closed = new ClosedPort();
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([closed.Address], Version2));

        var responses = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => gateway.GetAsync()));

        Assert.All(responses, response => Assert.Equal(502, response.Status));
    }

    [Fact]
    public async Task A_reload_keeps_the_connections_of_servers_that_stay_and_closes_the_others()
    {
        await using var first = FrameUpstream.Start(stream => Frames.Headers(stream, true, (":status", "204")));
        await using var second = FrameUpstream.Start(stream => Frames.Headers(stream, true, (":status", "205")));
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([first.Address], Version2));
        Assert.Equal(204, (await gateway.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n", isBodyless: true)).Status);

        Assert.Empty(await gateway.ReloadAsync(TestGateway.Toml([first.Address], $"{Version2}\nproxy_set_header = {{ X-New = '1' }}")));
        Assert.Equal(204, (await gateway.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n", isBodyless: true)).Status);
        Assert.Equal((1, 0), (first.Connections, first.Closed));

        Assert.Empty(await gateway.ReloadAsync(TestGateway.Toml([second.Address], Version2)));
        await Eventually.TrueAsync(() => first.Closed == 1);
        Assert.Equal(205, (await gateway.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n", isBodyless: true)).Status);
    }

    [Fact]
    public async Task The_PROXY_protocol_is_refused()
    {
        var fault = await Assert.ThrowsAsync<GatewayConfigException>(() => TestGateway.StartAsync(TestGateway.Toml(["127.0.0.1:1"], "proxy_http_version = '2'\nproxy_protocol = true")));

        Assert.Contains("proxy_protocol cannot be used with proxy_http_version \"2\"", string.Join("\n", fault.Errors.Select(e => e.Message)));
    }

    /// <summary>The code of the one reset that was logged; null without any.</summary>
    private static string? ResetCode(TestGateway gateway) =>
        gateway.Log.Named("upstream-stream-reset").SingleOrDefault() is { } line ? line[(line.IndexOf("code=", StringComparison.Ordinal) + 5)..].Split(' ')[0] : null;

    private static async Task EndAsync(Wire wire, int stream)
    {
        await wire.SendAsync(Frames.Of(FrameType.GoAway, FrameFlags.None, 0, [.. Frames.Number((uint)stream), .. Frames.Number((uint)ErrorCode.ProtocolError)]));
        wire.Dispose();
    }

    private static async Task<string> ReadAsync(Wire client)
    {
        try
        {
            return await client.ReadToEndAsync();
        }
        catch (System.Net.Sockets.SocketException)
        {
            return "";
        }
    }

    private static Task FailAsync(Wire wire, int stream, string fault)
    {
        switch (fault)
        {
            case "resets the stream":
                return wire.SendAsync(Frames.Reset(stream, ErrorCode.InternalError));
            case "refuses the stream":
                return wire.SendAsync(Frames.Reset(stream, ErrorCode.RefusedStream));
            case "rejects the request":
                return wire.SendAsync(Frames.Reset(stream, ErrorCode.ProtocolError));
            case "ends the connection by an error":
                return EndAsync(wire, stream);
            case "sends a wrong frame":
                return wire.SendAsync(Frames.Data(0, true, "x"));
            case "closes":
                wire.Dispose();
                return Task.CompletedTask;
            case "speaks HTTP/1.1":
                return wire.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            case "503":
                return wire.SendAsync(Frames.Headers(stream, true, (":status", "503")));
            case "sends a field of HTTP/1.1":
                return wire.SendAsync(Frames.Headers(stream, true, (":status", "200"), ("transfer-encoding", "chunked")));
            case "sends two lengths":
                return wire.SendAsync(Frames.Headers(stream, false, (":status", "200"), ("content-length", "1"), ("content-length", "2")));
            case "sends a head too large":
                return wire.SendAsync(Frames.Headers(stream, true, (":status", "200"), ("x-a", new string('a', 9000))));
            default:
                return Task.CompletedTask;
        }
    }
}
