using System.Text;
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

    [Fact]
    public async Task HTTP_1_1_is_still_spoken_where_http2_is_on()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);

        Assert.Equal("HTTP/1.1 200 OK", (await gateway.GetAsync()).FirstLine);
    }

    [Fact]
    public async Task The_preface_is_no_second_request()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var wire = await gateway.ConnectAsync();

        await wire.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        await wire.ReadResponseAsync();
        await wire.SendAsync(Frames.Join(Frames.Preface, Frames.Settings(), Frames.Get(1)));
        await wire.ReadToEndAsync();

        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task Settings_announce_the_limits_and_extended_CONNECT()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        Assert.Equal(128u, client.Settings[3]);
        Assert.Equal((uint)Http2Limits.StreamWindow, client.Settings[4]);
        Assert.InRange(client.Settings[6], 32u * 1024, 128u * 1024);
        Assert.Equal(1u, client.Settings[8]);
    }

    [Fact]
    public async Task Streams_are_served_side_by_side()
    {
        await using var upstream = ScriptedUpstream.Answer(r => ScriptedUpstream.OkText(r.FirstLine.Split(' ')[1]));
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        var ids = Enumerable.Range(0, 500).Select(i => (2 * i) + 1).ToArray();
        foreach (var batch in ids.Chunk(100))
        {
            await client.SendAsync([.. batch.Select(id => Frames.Get(id, $"/{id}"))]);
            foreach (var id in batch)
            {
                Assert.Equal($"/{id}", (await client.ReadStreamAsync(id)).Text);
            }
        }

        Assert.Equal(500, upstream.Requests.Count);
    }

    [Fact]
    public async Task Crumbs_of_a_cookie_are_put_together()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.GetAsync(1, "/", ("cookie", "a=1"), ("cookie", "b=2"), ("cookie", "c=3; d=4"));

        Assert.Equal([("Cookie", "a=1; b=2; c=3; d=4")], Assert.Single(upstream.Requests).Fields.Where(f => f.Name.Equals("cookie", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task Authority_wins_over_Host()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.GetAsync(1, "/", ("host", "evil"), ("host", "worse"));

        Assert.Equal([("Host", "test")], Assert.Single(upstream.Requests).Fields.Where(f => f.Name.Equals("host", StringComparison.OrdinalIgnoreCase)));
    }

    [Theory]
    [InlineData("", 200_000)]
    [InlineData("content-length", 200_000)]
    [InlineData("content-length", 1)]
    [InlineData("", 0)]
    public async Task A_request_body_reaches_the_server(string length, int size)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);
        var body = new byte[size];
        Random.Shared.NextBytes(body);

        await client.SendAsync(length.Length > 0 ? Frames.Post(1, (length, $"{size}")) : Frames.Post(1));
        var sent = 0;
        foreach (var piece in body.Chunk(16_384))
        {
            // Stay within the window: what was taken is told by WINDOW_UPDATE, which a plain client waits for.
            if (sent + piece.Length > Http2Limits.StreamWindow)
            {
                await client.ReadUntilAsync(() => client.Windows.GetValueOrDefault(1) + Http2Limits.StreamWindow >= sent + piece.Length);
            }

            await client.SendAsync(Frames.Data(1, false, piece));
            sent += piece.Length;
        }

        await client.SendAsync(Frames.Data(1, true, ""));

        Assert.Equal(200, (await client.ReadStreamAsync(1)).Status);
        var request = Assert.Single(upstream.Requests);
        Assert.True(body.AsSpan().SequenceEqual(request.Body));
        Assert.Equal(length.Length > 0 ? $"{size}" : null, request["Content-Length"]);
        if (size > 0)
        {
            Assert.Equal(length.Length > 0 ? null : "chunked", request["Transfer-Encoding"]);
        }
    }

    [Theory]
    [InlineData("Content-Length: 300000", false)]
    [InlineData("Transfer-Encoding: chunked", true)]
    public async Task A_large_response_body_reaches_the_client(string framing, bool isChunked)
    {
        var body = string.Concat(Enumerable.Range(0, 30_000).Select(i => $"{i:D10}"));
        await using var upstream = ScriptedUpstream.Answer(_ => $"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n{(isChunked ? $"{body.Length:x}\r\n{body}\r\n0\r\n\r\n" : body)}");
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        var response = await client.GetAsync(1);

        Assert.Equal(body, response.Text);
        Assert.True(response.IsComplete);
        Assert.Null(response["transfer-encoding"]);
    }

    [Fact]
    public async Task A_response_that_ends_with_its_connection_is_complete()
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            await wire.SendAsync("HTTP/1.0 200 OK\r\n\r\nall of it");
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        Assert.Equal("all of it", (await client.GetAsync(1)).Text);
    }

    [Theory]
    [InlineData("HEAD", "200 OK\r\nContent-Length: 5", 200, "5")]
    [InlineData("HEAD", "200 OK\r\nTransfer-Encoding: chunked", 200, null)]
    [InlineData("GET", "204 No Content", 204, null)]
    [InlineData("GET", "304 Not Modified\r\nContent-Length: 5\r\nETag: \"a\"", 304, "5")]
    [InlineData("GET", "205 Reset Content\r\nContent-Length: 0", 205, "0")]
    [InlineData("GET", "200 OK\r\nContent-Length: 0", 200, "0")]
    public async Task A_response_without_body_ends_with_its_head(string method, string head, int status, string? length)
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            while (await wire.ReadMessageAsync() is not null)
            {
                await wire.SendAsync($"HTTP/1.1 {head}\r\n\r\n");
            }
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        for (var i = 0; i < 2; i++)
        {
            var id = (2 * i) + 1;
            await client.SendAsync(Frames.Headers(id, true, (":method", method), (":scheme", "http"), (":authority", "test"), (":path", "/")));
            var response = await client.ReadStreamAsync(id);

            Assert.True(response.IsComplete);
            Assert.Null(response.Reset);
            Assert.Equal(status, response.Status);
            Assert.Equal(length, response["content-length"]);
            Assert.Equal("", response.Text);
        }
    }

    [Fact]
    public async Task A_client_that_waits_for_100_Continue_gets_it()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1, ("expect", "100-continue")));
        var stream = client.Stream(1);
        await client.ReadUntilAsync(() => stream.Fields.Count > 0);
        Assert.Equal(100, stream.Status);
        stream.Fields = [];
        await client.SendAsync(Frames.Data(1, true, "abc"));

        Assert.Equal(200, (await client.ReadStreamAsync(1)).Status);
        Assert.Equal("abc", Encoding.Latin1.GetString(Assert.Single(upstream.Requests).Body));
    }

    [Fact]
    public async Task A_server_may_answer_before_the_body_has_come()
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadHeadAsync();
            await wire.SendAsync("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
            await wire.ReadToEndAsync();
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1), Frames.Data(1, false, "the beginning"));
        var response = await client.ReadStreamAsync(1);

        Assert.Equal(403, response.Status);
        Assert.Equal("no", response.Text);

        // RFC 9113 section 8.1: the rest of the request is not wanted.
        await client.ReadUntilAsync(() => response.Reset is not null);
        Assert.Equal(ErrorCode.NoError, response.Reset);
        await client.TrySendAsync(Frames.Data(1, true, "the end"));
        Assert.Equal(403, (await client.GetAsync(3)).Status);
    }

    [Fact]
    public async Task A_response_that_breaks_off_resets_its_stream_alone()
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            var request = await wire.ReadMessageAsync();
            var isWhole = request!.FirstLine.Contains("/whole");
            await wire.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc{(isWhole ? "def" : "")}");
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        var broken = await client.GetAsync(1);

        Assert.Equal(ErrorCode.InternalError, broken.Reset);
        Assert.False(broken.IsComplete);
        Assert.Equal("abcdef", (await client.GetAsync(3, "/whole")).Text);
    }

    [Fact]
    public async Task A_stream_that_the_client_resets_ends_the_exchange_with_the_server()
    {
        var isAsked = new TaskCompletionSource();
        var isClosed = new TaskCompletionSource<bool>();
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            if ((await wire.ReadMessageAsync())!.FirstLine.Contains("/slow"))
            {
                isAsked.SetResult();
                isClosed.SetResult(await wire.IsClosedAsync());
            }
            else
            {
                await wire.SendAsync(ScriptedUpstream.OkText("ok"));
            }
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Get(1, "/slow"));
        await isAsked.Task;
        await client.SendAsync(Frames.Reset(1));

        Assert.True(await isClosed.Task);
        Assert.Equal("ok", (await client.GetAsync(3)).Text);
        await gateway.IdleAsync();
        Assert.Equal(1, gateway.Host.Counters.Errors(ProxyError.ClientAborted).Value);
    }

    [Fact]
    public async Task A_connection_that_is_lost_ends_all_its_exchanges()
    {
        var asked = new CountdownEvent(10);
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            asked.Signal();
            await wire.ReadToEndAsync();
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync([.. Enumerable.Range(0, 10).Select(i => Frames.Get((2 * i) + 1))]);
        await Eventually.TrueAsync(() => asked.IsSet);
        client.Wire.Reset();

        await gateway.IdleAsync();
        Assert.Equal(10, gateway.Host.Counters.Errors(ProxyError.ClientAborted).Value);
    }

    [Fact]
    public async Task A_body_that_is_too_large_by_its_length_or_its_bytes_is_refused()
    {
        await using var upstream = ScriptedUpstream.Start(async wire => await wire.ReadToEndAsync());
        await using var gateway = await TestGateway.StartAsync(upstream, "client_max_body_size = 10", server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1, ("content-length", "11")));
        Assert.Equal(413, (await client.ReadStreamAsync(1)).Status);
        Assert.Equal(0, upstream.Connections);

        await client.SendAsync(Frames.Post(3), Frames.Data(3, false, "12345"), Frames.Data(3, false, "678901"));
        Assert.Equal(413, (await client.ReadStreamAsync(3)).Status);
    }

    [Fact]
    public async Task Heads_beyond_the_limits_are_refused_with_their_status()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: $"{On}\nlarge_client_header_buffers = \"2 1k\"");
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);
        var wide = new string('a', 900);

        Assert.Equal(414, (await client.GetAsync(1, "/" + new string('a', 1100))).Status);
        Assert.Equal(431, (await client.GetAsync(3, "/", ("x", new string('a', 1100)))).Status);
        Assert.Equal(431, (await client.GetAsync(5, "/", ("x", wide), ("y", wide), ("z", wide))).Status);
        Assert.Equal(200, (await client.GetAsync(7, "/", ("x", wide), ("y", wide))).Status);
        Assert.Equal(1, gateway.Host.Counters.Malformed(Http1.HeadError.FieldLineTooLong).Value);
    }

    [Fact]
    public async Task More_fields_than_allowed_are_refused()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        Assert.Equal(431, (await client.GetAsync(1, "/", [.. Enumerable.Range(0, 1001).Select(i => ($"x{i}", ""))])).Status);
        Assert.Equal(200, (await client.GetAsync(3, "/", [.. Enumerable.Range(0, 900).Select(i => ($"x{i}", ""))])).Status);
    }

    [Fact]
    public async Task Fields_with_underscores_are_dropped_and_counted()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.GetAsync(1, "/", ("x_forwarded_for", "evil"), ("x-a", "1"));

        var request = Assert.Single(upstream.Requests);
        Assert.Null(request["x_forwarded_for"]);
        Assert.Equal("1", request["x-a"]);
        Assert.Equal(1, gateway.Host.Counters.DroppedHeaderFields.Value);
    }

    [Fact]
    public async Task Answers_of_the_gateway_itself_come_over_HTTP_2()
    {
        await using var gateway = await TestGateway.StartAsync("""
            http2 = true
            [[server]]
            listen = "127.0.0.1:0"
            add_header = { X-Here = "$server_protocol $http2 $request" }
              [[server.location]]
              path = "/r"
              return = "301 https://$host/x"
              [[server.location]]
              path = "/t"
              return = "200 text"
            """);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        var redirect = await client.GetAsync(1, "/r");
        var text = await client.GetAsync(3, "/t");
        var missing = await client.GetAsync(5, "/none");

        Assert.Equal((301, "https://test/x"), (redirect.Status, redirect["location"]));
        Assert.Equal((200, "text", "HTTP/2.0 h2c GET /t HTTP/2.0"), (text.Status, text.Text, text["x-here"]));
        Assert.Equal(404, missing.Status);
        Assert.Contains("404 Not Found", missing.Text);
    }

    [Fact]
    public async Task Another_server_is_tried_when_one_fails()
    {
        await using var bad = ScriptedUpstream.Start(async wire => await wire.ReadHeadAsync());
        await using var good = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync([bad, good], server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        for (var i = 0; i < 6; i++)
        {
            Assert.Equal("ok", (await client.GetAsync((2 * i) + 1)).Text);
        }
    }
}
