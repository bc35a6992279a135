using Balancer.Harness;

namespace Balancer.Http.Http1;

/// <summary>Responses on their way to the client.</summary>
public sealed class ResponseBodyScenarios(PlainGatewayFixture fixture) : IClassFixture<PlainGatewayFixture>
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(70_000)]
    [InlineData(10_000_000)]
    public async Task Body_with_content_length_arrives_byte_for_byte(int size)
    {
        var body = TestBytes.Random(size);
        fixture.Upstream.On($"/length-{size}", async x =>
        {
            await x.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n");
            await x.Connection.SendAsync(body);
        });
        await using var client = await fixture.ConnectAsync();
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync($"GET /length-{size} HTTP/1.1\r\nHost: a\r\n\r\n");
            var response = await client.ReadResponseAsync();
            Assert.Equal($"{size}", response["Content-Length"]);
            Assert.Equal(body, response.Body);
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2000, 1)]
    [InlineData(300_000, 4095)]
    [InlineData(5_000_000, 100_000)]
    public async Task Chunked_body_arrives_byte_for_byte(int size, int chunk)
    {
        var body = TestBytes.Random(size);
        fixture.Upstream.On($"/chunked-{size}", async x =>
        {
            await x.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            await x.Connection.SendAsync(TestBytes.Chunked(body, "", chunk, 1, chunk * 2));
        });
        await using var client = await fixture.ConnectAsync();
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync($"GET /chunked-{size} HTTP/1.1\r\nHost: a\r\n\r\n");
            var response = await client.ReadResponseAsync();
            Assert.True(response.Complete);
            Assert.Equal(["chunked"], response.Values("Transfer-Encoding"));
            Assert.Equal(body, response.Body);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public async Task Body_until_close_arrives_whole_and_leaves_the_client_connection_open(int size)
    {
        var body = TestBytes.Random(size);
        fixture.Upstream.On($"/until-close-{size}", async x =>
        {
            await x.SendAsync("HTTP/1.1 200 OK\r\nX-Kind: until-close\r\n\r\n");
            await x.Connection.SendAsync(body);
            x.Connection.Close();
        });
        await using var client = await fixture.ConnectAsync();
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync($"GET /until-close-{size} HTTP/1.1\r\nHost: a\r\n\r\n");
            var response = await client.ReadResponseAsync();
            Assert.Equal(["chunked"], response.Values("Transfer-Encoding"));
            Assert.True(response.Complete);
            Assert.Equal(body, response.Body);
        }
    }

    [Fact]
    public async Task Response_in_single_bytes_arrives_whole()
    {
        fixture.Upstream.On("/drip", async x =>
        {
            foreach (var c in "HTTP/1.1 200 OK\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
            {
                await x.SendAsync($"{c}");
            }
        });
        var response = await fixture.GetAsync("/drip");
        Assert.Equal((200, "hello world", "1", true), (response.Status, response.BodyText, response["X-A"], response.Complete));
    }

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\n", "first", "later")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", "5\r\nfirst\r\n", "5\r\nlater\r\n0\r\n\r\n")]
    [InlineData("\r\n", "first", "later")]
    public async Task Body_is_streamed_while_the_upstream_still_sends(string framing, string first, string later)
    {
        var path = $"/stream-{framing.Length}";
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Upstream.On(path, async x =>
        {
            await x.SendAsync($"HTTP/1.1 200 OK\r\n{framing}{first}");
            await go.Task;
            await x.SendAsync(later);
            x.Connection.Close();
        });
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        var head = await client.ReadHeadAsync();
        var chunked = head["Transfer-Encoding"] is not null;
        var received = await client.ReadTextAsync(chunked ? "5\r\nfirst\r\n".Length : 5);
        Assert.Equal("first", chunked ? received.Split("\r\n")[1] : received);
        go.SetResult();
        var rest = await client.ReadTextAsync(chunked ? "5\r\nlater\r\n0\r\n\r\n".Length : 5);
        Assert.Contains("later", rest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", "5000")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n\r\n", null)]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nContent-Length: 5000\r\n\r\n", "5000")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n", null)]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\n\r\n", null)]
    [InlineData("HEAD", "HTTP/1.1 404 Not Found\r\nContent-Length: 12\r\n\r\n", "12")]
    public async Task Response_without_a_body_leaves_both_connections_usable(string method, string response, string? length)
    {
        var path = $"/bodiless-{method}-{response.GetHashCode(StringComparison.Ordinal)}";
        fixture.Upstream.OnRaw(path, response);
        await using var client = await fixture.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync($"{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            var got = await client.ReadResponseAsync(method);
            Assert.Equal(int.Parse(response.Split(' ')[1]), got.Status);
            Assert.True(got["Content-Length"] is null || got["Content-Length"] == length, got.Head);
        }

        await client.SendAsync($"GET /after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.Equal("ok", (await client.ReadResponseAsync()).BodyText);
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Content_length_of_a_response_to_head_is_kept()
    {
        fixture.Upstream.OnRaw("/head", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
        var response = await fixture.SendOnceAsync("HEAD /head HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD");
        Assert.Equal("5000", response["Content-Length"]);
    }

    [Fact]
    public async Task Trailers_are_passed_on()
    {
        fixture.Upstream.OnRaw("/trailers", "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 42\r\nX-More: 1\r\n\r\n");
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("GET /trailers HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n");
        var response = await client.ReadResponseAsync();
        Assert.Equal("abc", response.BodyText);
        Assert.Equal(["X-Sum: 42", "X-More: 1"], response.Trailers);
    }

    [Theory]
    [InlineData("Content-Length: 5")]
    [InlineData("Transfer-Encoding: chunked")]
    [InlineData("Connection: close")]
    [InlineData("Host: evil")]
    public async Task Trailer_that_would_change_the_framing_is_not_passed_on(string trailer)
    {
        var path = $"/bad-trailer-{trailer[..2]}";
        fixture.Upstream.OnRaw(path, $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n{trailer}\r\n\r\n");
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: close\r\n\r\n");
        Assert.DoesNotContain(trailer, await client.ReadToEndAsync() is var all ? all[all.IndexOf("\r\n\r\n", StringComparison.Ordinal)..] : "", StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Early_hints_are_passed_on_before_the_answer()
    {
        fixture.Upstream.OnRaw("/hints", "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </b.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("GET /hints HTTP/1.1\r\nHost: a\r\n\r\n");
        foreach (var link in (string[])["</a.css>", "</b.css>"])
        {
            var hint = await client.ReadHeadAsync();
            Assert.Equal((103, link), (hint.Status, hint["Link"]));
        }

        Assert.Equal("ok", (await client.ReadResponseAsync()).BodyText);
    }

    [Fact]
    public async Task Interim_responses_are_kept_from_an_http_1_0_client()
    {
        fixture.Upstream.OnRaw("/hints-1.0", "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("GET /hints-1.0 HTTP/1.0\r\nHost: a\r\n\r\n");
        Assert.Equal(200, (await client.ReadHeadAsync()).Status);
    }

    [Fact]
    public async Task Unasked_100_continue_does_not_replace_the_answer()
    {
        fixture.Upstream.OnRaw("/100", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok");
        Assert.Equal(201, (await fixture.GetAsync("/100")).Status);
    }

    [Fact]
    public async Task Http_1_0_client_gets_a_chunked_body_plain_and_then_the_end()
    {
        fixture.Upstream.OnRaw("/chunked-1.0", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n");
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("GET /chunked-1.0 HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
        var response = await client.ReadResponseAsync();
        Assert.Null(response["Transfer-Encoding"]);
        Assert.Equal("abcdef", response.BodyText);
        await client.AssertClosedAsync();
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", false)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true)]
    public async Task Upstream_connection_is_reused_only_when_the_response_allows_it(string response, bool reused)
    {
        var path = $"/reuse-{(uint)response.GetHashCode(StringComparison.Ordinal)}";
        fixture.Upstream.OnRaw(path, response);
        await using var client = await fixture.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            var got = await client.ReadResponseAsync();
            Assert.Equal(("HTTP/1.1 200 OK", "ok"), (got.StatusLine, got.BodyText));
            Assert.NotEqual("close", got["Connection"]);
        }

        var connections = fixture.Upstream.RequestsFor(path).Select(r => r.Connection).Distinct().ToArray();
        Assert.Equal(reused ? 1 : 3, connections.Length);
        if (!reused)
        {
            await Deadline.WaitAsync(Task.WhenAll(connections.Select(c => c.Closed)), () => "the connections are closed");
        }
    }

    [Theory]
    [InlineData(200, "Fine by me")]
    [InlineData(299, "Odd")]
    [InlineData(418, "I'm a teapot")]
    [InlineData(599, "Far out")]
    public async Task Status_and_reason_are_passed_on(int status, string reason)
    {
        fixture.Upstream.OnRaw($"/status-{status}", $"HTTP/1.1 {status} {reason}\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal($"HTTP/1.1 {status} {reason}", (await fixture.GetAsync($"/status-{status}")).StatusLine);
    }

    [Theory]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\nContent-Length: 70\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 70\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    public async Task Bytes_after_a_response_are_never_an_answer_to_anyone(string method, string response)
    {
        const string Forged = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Pad: to the length of a body\r\n\r\nevil";
        var path = $"/surplus-{(uint)(method + response).GetHashCode(StringComparison.Ordinal)}";
        fixture.Upstream.OnRaw(path, response + Forged);
        await using var client = await fixture.ConnectAsync();
        for (var i = 0; i < 5; i++)
        {
            await client.SendAsync($"{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            RawResponse answer;
            do
            {
                answer = await client.ReadResponseAsync(method);
            }
            while (answer.Status == 103);
            Assert.DoesNotContain("evil", answer.BodyText, StringComparison.Ordinal);
            await client.SendAsync("GET /innocent HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal("ok", (await client.ReadResponseAsync()).BodyText);
        }

        // Each was the last on its connection.
        var connections = fixture.Upstream.RequestsFor(path).Select(r => r.Connection).ToArray();
        Assert.Equal(5, connections.Distinct().Count());
        await Deadline.WaitAsync(Task.WhenAll(connections.Select(c => c.Closed)), () => "the connections are closed");
    }

    [Fact]
    public async Task Bytes_that_come_while_a_connection_is_idle_are_never_an_answer_to_anyone()
    {
        fixture.Upstream.OnRaw("/before-idle", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Assert.Equal("ok", (await fixture.GetAsync("/before-idle")).BodyText);
        var connection = fixture.Upstream.RequestsFor("/before-idle")[0].Connection;
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");

        // The gateway closes it by itself.
        await connection.WaitForGatewayToCloseAsync();
        Assert.Equal("ok", (await fixture.GetAsync("/innocent")).BodyText);
    }
}
