using Balancer.TestSupport;

namespace Balancer.Proxy;

public class ForwardingTests
{
    [Fact]
    public async Task A_request_is_passed_on_and_its_response_comes_back()
    {
        await using var upstream = ScriptedUpstream.Answer(r => $"HTTP/1.1 201 Made\r\nServer: up\r\nX-Path: {r.FirstLine}\r\nContent-Length: 2\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\nok");
        await using var gateway = await TestGateway.StartAsync(upstream);

        var response = await gateway.SendAsync("GET /a%20b?c HTTP/1.1\r\nHost: Example.com\r\nX-One: 1\r\nConnection: X-Hop\r\nX-Hop: gone\r\n\r\n");

        Assert.Equal("HTTP/1.1 201 Made", response.FirstLine);
        Assert.Equal("up", response["Server"]);
        Assert.Equal("ok", response.Text);
        Assert.Null(response["Connection"]);
        Assert.Null(response["Keep-Alive"]);
        Assert.NotNull(response["Date"]);
        var request = Assert.Single(upstream.Requests);
        Assert.Equal("GET /a%20b?c HTTP/1.1", request.FirstLine);
        Assert.Equal("Example.com", request["Host"]);
        Assert.Equal("1", request["X-One"]);
        Assert.Null(request["Connection"]);
        Assert.Null(request["X-Hop"]);
        Assert.Equal("127.0.0.1", request["X-Real-IP"]);
        Assert.Equal("127.0.0.1", request["X-Forwarded-For"]);
    }

    [Fact]
    public async Task Requests_of_one_connection_share_an_upstream_connection()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
            Assert.Equal("ok", (await client.ReadResponseAsync()).Text);
        }

        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order()
    {
        await using var upstream = ScriptedUpstream.Answer(r => ScriptedUpstream.OkText(r.FirstLine.Split(' ')[1]));
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();

        await client.SendAsync(string.Concat(Enumerable.Range(0, 100).Select(i => $"POST /{i} HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc")));
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal($"/{i}", (await client.ReadResponseAsync()).Text);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public async Task A_body_with_a_length_reaches_the_server(int length)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, "client_max_body_size = \"2m\"");
        var body = Noise(length);

        using var client = await gateway.ConnectAsync();
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: {length}\r\n\r\n");
        await client.SendAsync(body);

        Assert.Equal("ok", (await client.ReadResponseAsync()).Text);
        var request = Assert.Single(upstream.Requests);
        Assert.Equal($"{length}", request["Content-Length"]);
        Assert.True(body.AsSpan().SequenceEqual(request.Body));
    }

    [Fact]
    public async Task A_chunked_body_cut_anywhere_reaches_the_server_with_its_trailers()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();
        var request = "PUT / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 11\r\n\r\n";

        for (var cut = 1; cut < request.Length; cut++)
        {
            await client.SendAsync(request[..cut]);
            await Task.Yield();
            await client.SendAsync(request[cut..]);
            Assert.Equal(200, (await client.ReadResponseAsync()).Status);
            Assert.True(upstream.Requests.TryDequeue(out var received));
            Assert.Equal("hello world", received.Text);
            Assert.Equal([("X-Sum", "11")], received.Trailers);
        }
    }

    [Fact]
    public async Task A_chunk_size_that_has_come_in_half_is_waited_for()
    {
        await using var upstream = ScriptedUpstream.Ok();
        var time = new Infrastructure.FakeTimeProvider();
        await using var gateway = await TestGateway.StartAsync(upstream, time: time);
        using var client = await gateway.ConnectAsync();

        await client.SendAsync("PUT / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5");
        await Eventually.TrueAsync(() => upstream.Connections == 1);
        time.Advance(TimeSpan.FromSeconds(50));
        Assert.True(client.IsSilent);
        await client.SendAsync("\r\nworld\r\n0\r\n\r\n");

        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        Assert.Equal("helloworld", Assert.Single(upstream.Requests).Text);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n", "abcde")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "")]
    [InlineData("HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx", "x")]
    [InlineData("HTTP/1.1 404 Not here\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc", "abc")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nabc", "abc")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nabc", "abc")]
    public async Task A_response_reaches_the_client_whatever_its_framing(string response, string body)
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            await wire.SendAsync(response);
        });
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
            var received = await client.ReadResponseAsync();
            Assert.Equal(body, received.Text);
            Assert.Null(received["Connection"]);
        }
    }

    [Fact]
    public async Task A_response_cut_anywhere_reaches_the_client()
    {
        var response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nX-T: 1\r\n\r\n";
        var cut = 1;
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            while (await wire.ReadMessageAsync() is not null)
            {
                await wire.SendAsync(response[..cut]);
                await wire.IsReadAsync();
                await wire.SendAsync(response[cut..]);
            }
        });
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();

        for (; cut < response.Length; cut++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
            var received = await client.ReadResponseAsync();
            Assert.Equal("abcde", received.Text);
            Assert.Equal([("X-T", "1")], received.Trailers);
        }

        Assert.Equal(1, upstream.Connections);
    }

    [Theory]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "5")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", null)]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\n\r\n", null)]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", null)]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "5")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n", null)]
    public async Task Responses_without_a_body_keep_both_connections(string method, string response, string? length)
    {
        await using var upstream = ScriptedUpstream.Answer(_ => response);
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync($"{method} / HTTP/1.1\r\nHost: t\r\n\r\n");
            var received = await client.ReadResponseAsync(isBodyless: true);
            Assert.Equal(length, received["Content-Length"]);
            Assert.Null(received["Transfer-Encoding"]);
        }

        Assert.Equal(1, upstream.Connections);
    }

    [Theory]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/")]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")]
    public async Task Bytes_behind_a_response_are_nobodys_response(string method, string response)
    {
        await using var upstream = ScriptedUpstream.Answer(_ => response);
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync($"{method} / HTTP/1.1\r\nHost: t\r\n\r\n");
            var received = await client.ReadResponseAsync(method == "HEAD");
            Assert.DoesNotContain("evil", received.Text);
        }

        Assert.Equal(3, upstream.Connections);
    }

    [Fact]
    public async Task Trailers_of_one_response_do_not_reach_the_next()
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            await wire.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Secret: 1\r\n\r\n");
            await wire.ReadMessageAsync();
            await wire.SendAsync("HTTP/1.1 200 OK\r\n\r\nb");
        });
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();

        await client.SendAsync("GET /1 HTTP/1.1\r\nHost: t\r\n\r\n");
        Assert.Single((await client.ReadResponseAsync()).Trailers);
        await client.SendAsync("GET /2 HTTP/1.1\r\nHost: t\r\n\r\n");
        var second = await client.ReadResponseAsync();

        Assert.Equal("b", second.Text);
        Assert.Empty(second.Trailers);
        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task An_HTTP_1_0_client_gets_a_response_without_chunks_and_the_end_of_the_connection()
    {
        await using var upstream = ScriptedUpstream.Answer(_ => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n");
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        var response = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", response);
        Assert.Contains("Connection: close\r\n", response);
        Assert.DoesNotContain("chunked", response);
        Assert.EndsWith("\r\n\r\nabc", response);
        Assert.Equal("pool", Assert.Single(upstream.Requests)["Host"]);
    }

    [Fact]
    public async Task An_HTTP_1_0_client_may_keep_its_connection_when_the_length_is_known()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            var response = await client.ReadResponseAsync();
            Assert.Equal("keep-alive", response["Connection"]);
            Assert.Equal("ok", response.Text);
        }

        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");
        Assert.Equal("close", (await client.ReadResponseAsync())["Connection"]);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task Early_hints_are_passed_on_but_not_to_HTTP_1_0()
    {
        await using var upstream = ScriptedUpstream.Answer(_ => "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
        await using var gateway = await TestGateway.StartAsync(upstream);

        var response = await gateway.GetAsync();
        var hint = Assert.Single(response.Interim);
        Assert.Equal("HTTP/1.1 103 Early Hints", hint.FirstLine);
        Assert.Equal([("Link", "</a.css>")], hint.Fields);
        Assert.Equal("x", response.Text);
        Assert.Null(response["Link"]);
        Assert.Empty((await gateway.SendAsync("GET / HTTP/1.0\r\n\r\n")).Interim);
    }

    [Fact]
    public async Task Events_reach_the_client_one_by_one()
    {
        var next = new SemaphoreSlim(0);
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            await wire.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (var i = 0; i < 10; i++)
            {
                await next.WaitAsync();
                await wire.SendAsync($"7\r\nevent {i}\r\n");
            }

            await wire.SendAsync("0\r\n\r\n");
        });
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        Assert.Equal(200, (await client.ReadHeadAsync())!.Status);

        for (var i = 0; i < 10; i++)
        {
            next.Release();
            Assert.Equal("7", await client.ReadLineAsync());
            Assert.Equal($"event {i}", await client.ReadLineAsync());
        }

        Assert.Equal("0", await client.ReadLineAsync());
    }

    [Fact]
    public async Task Pieces_of_a_request_body_reach_the_server_one_by_one()
    {
        var seen = new SemaphoreSlim(0);
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadHeadAsync();
            for (var i = 0; i < 10; i++)
            {
                Assert.Equal("6", await wire.ReadLineAsync());
                Assert.Equal($"part {i}", await wire.ReadLineAsync());
                seen.Release();
            }

            Assert.Equal("0", await wire.ReadLineAsync());
            await wire.SendAsync(ScriptedUpstream.OkText("done"));
        });
        await using var gateway = await TestGateway.StartAsync(upstream);
        using var client = await gateway.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (var i = 0; i < 10; i++)
        {
            // The size of the next chunk has come in half when this one is to be passed on.
            await client.SendAsync(i == 0 ? "6\r\npart 0\r\n6" : $"\r\npart {i}\r\n{(i < 9 ? "6" : "0")}");
            Assert.True(await seen.WaitAsync(TimeSpan.FromSeconds(30)));
        }

        await client.SendAsync("\r\n\r\n");
        Assert.Equal("done", (await client.ReadResponseAsync()).Text);
        Assert.Empty(upstream.Failures);
    }

    [Theory]
    [InlineData("/", "OPTIONS * HTTP/1.1", "OPTIONS * HTTP/1.1")]
    [InlineData("/", "GET http://other.example/p?q HTTP/1.1", "GET /p?q HTTP/1.1")]
    [InlineData("/", "GET http://other.example HTTP/1.1", "GET / HTTP/1.1")]
    [InlineData("/", "OPTIONS http://other.example HTTP/1.1", "OPTIONS * HTTP/1.1")]
    public async Task Targets_of_every_form_go_on_in_the_form_servers_want(string path, string request, string expected)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream);
        Assert.Equal("/", path);

        var response = await gateway.SendAsync($"{request}\r\nHost: t\r\n\r\n");

        Assert.Equal(200, response.Status);
        var received = Assert.Single(upstream.Requests);
        Assert.Equal(expected, received.FirstLine);
        Assert.Equal(request.Contains("other") ? "other.example" : "t", received["Host"]);
    }

    internal static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
