using System.Text;
using Balancer.Harness;

namespace Balancer.Http.Http1;

/// <summary>Request bodies on their way to the upstream server.</summary>
public sealed class RequestBodyScenarios(RequestBodyScenarios.Fixture fixture) : IClassFixture<RequestBodyScenarios.Fixture>
{
    public sealed class Fixture : GatewayFixture
    {
        protected override string Toml => $"""
            client_max_body_size = "20m"
            client_body_timeout = "1s"

            [upstream.pool]
            server = ["{Upstream.Address}"]

            [[server]]
            listen = "127.0.0.1:{Port}"

              [[server.location]]
              path = "/small/"
              proxy_pass = "http://pool"
              client_max_body_size = 1000

              [[server.location]]
              path = "/unlimited/"
              proxy_pass = "http://pool"
              client_max_body_size = 0
              client_body_timeout = "60s"

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"
            """;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(300_000)]
    [InlineData(5_000_000)]
    public async Task Body_with_content_length_arrives_byte_for_byte(int size)
    {
        var body = TestBytes.Random(size);
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync($"POST /length-{size} HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n");
        await client.SendAsync(body);
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        var request = await fixture.Upstream.WaitForRequestAsync($"/length-{size}");
        Assert.Equal(body, await request.Body);
        Assert.True(request.BodyComplete);
        Assert.Equal($"{size}", request["Content-Length"]);
        Assert.Null(request["Transfer-Encoding"]);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2000, 1)]
    [InlineData(300_000, 8191)]
    [InlineData(5_000_000, 100_000)]
    public async Task Chunked_body_arrives_byte_for_byte(int size, int chunk)
    {
        var body = TestBytes.Random(size);
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync($"PUT /chunked-{size} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        await client.SendAsync(TestBytes.Chunked(body, "", chunk, chunk * 2, 1));
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        var request = await fixture.Upstream.WaitForRequestAsync($"/chunked-{size}");
        Assert.Equal(body, await request.Body);
        Assert.True(request.BodyComplete);
        Assert.True(request["Content-Length"] is null != request["Transfer-Encoding"] is null, request.Head);
    }

    [Fact]
    public async Task Chunked_body_in_single_bytes_arrives_whole()
    {
        await using var client = await fixture.ConnectAsync();
        foreach (var b in Encoding.ASCII.GetBytes("POST /drip HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6; ext=1\r\n world\r\n0\r\n\r\n"))
        {
            await client.SendAsync(new[] { b });
        }

        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        Assert.Equal("hello world", await (await fixture.Upstream.WaitForRequestAsync("/drip")).BodyTextAsync());
    }

    [Fact]
    public async Task Trailers_of_a_chunked_body_are_passed_on_unless_they_would_frame_or_route_the_message()
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("POST /trailers HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 42\r\nContent-Length: 7\r\nHost: evil\r\n\r\n");
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        var request = await fixture.Upstream.WaitForRequestAsync("/trailers");
        await request.Body;
        Assert.Equal(["X-Sum: 42"], request.Trailers);
    }

    [Fact]
    public async Task Body_is_streamed_while_the_client_still_sends()
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Upstream.On("/stream", async x =>
        {
            Assert.Equal(5, (await x.Connection.Reader.ReadExactlyAsync(5)).Length);
            seen.SetResult();
            await x.Connection.Reader.ReadExactlyAsync(5);
            x.Request.SetBody([], true, []);
            await x.RespondAsync(200, "done");
        });
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("POST /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nfirst");
        await Deadline.WaitAsync(seen.Task, () => "the first half arrives upstream");
        await client.SendAsync("later");
        Assert.Equal("done", (await client.ReadResponseAsync()).BodyText);
    }

    [Fact]
    public async Task Client_that_waits_for_100_continue_gets_it_and_then_the_answer()
    {
        fixture.Upstream.On("/continue", async x =>
        {
            if (x.Request["Expect"] is not null)
            {
                await x.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
            }

            await x.RespondAsync(200, "thanks");
        });
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("POST /continue HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        Assert.Equal(100, (await client.ReadHeadAsync()).Status);
        await client.SendAsync("body");
        Assert.Equal("thanks", (await client.ReadResponseAsync()).BodyText);
        Assert.Equal("body", await (await fixture.Upstream.WaitForRequestAsync("/continue")).BodyTextAsync());
    }

    [Fact]
    public async Task Too_large_body_with_expect_is_refused_without_100()
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("POST /small/expect HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n");
        Assert.Equal(413, (await client.ReadHeadAsync()).Status);
        Assert.Empty(fixture.Upstream.RequestsFor("/small/expect"));
    }

    [Fact]
    public async Task Body_announced_larger_than_the_limit_is_413_and_reaches_no_upstream()
    {
        var response = await fixture.SendOnceAsync("POST /small/announced HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n");
        Assert.Equal(413, response.Status);
        Assert.Empty(fixture.Upstream.RequestsFor("/small/announced"));
    }

    [Fact]
    public async Task Body_of_exactly_the_limit_passes()
    {
        var body = TestBytes.Random(1000);
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("POST /small/exact HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        await client.SendAsync(TestBytes.Chunked(body, "", 300));
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        Assert.Equal(body, await (await fixture.Upstream.WaitForRequestAsync("/small/exact")).Body);
    }

    [Fact]
    public async Task Chunked_body_that_outgrows_the_limit_is_413_and_never_complete_upstream()
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("POST /small/grows HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        await client.TrySendAsync(TestBytes.Chunked(TestBytes.Random(5000), "", 500));
        Assert.Equal(413, (await client.ReadResponseAsync()).Status);
        foreach (var request in fixture.Upstream.RequestsFor("/small/grows"))
        {
            await request.Body.WaitAsync(Deadline.Default);
            Assert.False(request.BodyComplete);
        }
    }

    [Fact]
    public async Task Client_that_stops_within_its_body_is_timed_out_and_the_upstream_exchange_ends()
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("POST /stalls HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
        var answer = await client.ReadToEndAsync();
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), answer);
        foreach (var request in fixture.Upstream.RequestsFor("/stalls"))
        {
            await request.Body.WaitAsync(Deadline.Default);
            Assert.False(request.BodyComplete);
        }
    }

    [Fact]
    public async Task Client_that_goes_away_within_its_body_ends_the_upstream_exchange()
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("POST /leaves HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nhalf");
        var request = await fixture.Upstream.WaitForRequestAsync("/leaves");
        client.Reset();
        await request.Body.WaitAsync(Deadline.Default);
        Assert.False(request.BodyComplete);
        await Deadline.WaitAsync(request.Connection.Closed, () => "the upstream connection is closed");
    }

    [Fact]
    public async Task Early_answer_reaches_the_client_while_its_body_still_arrives()
    {
        fixture.Upstream.On("/early", async x =>
        {
            await x.SendAsync("HTTP/1.1 403 No\r\nContent-Length: 5\r\n\r\nenough"[..^1]);
            await x.ReadBodyAsync();
        });
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\nstart");
        var response = await client.ReadResponseAsync();
        Assert.Equal((403, "enoug"), (response.Status, response.BodyText));
    }

    [Fact]
    public async Task Early_answer_of_an_upstream_that_closes_still_reaches_the_client()
    {
        fixture.Upstream.On("/early-close", async x =>
        {
            await x.SendAsync("HTTP/1.1 413 Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
            x.Connection.Close();
        });
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("POST /early-close HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n");
        var sending = client.TrySendAsync(TestBytes.Random(2_000_000));
        var response = await client.ReadResponseAsync();
        Assert.Equal((413, "no"), (response.Status, response.BodyText));
        await client.DisposeAsync();
        await sending;
    }

    [Fact]
    public async Task After_an_early_answer_the_rest_of_the_body_is_never_taken_for_a_request()
    {
        fixture.Upstream.On("/early-smuggle", x => x.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        const string Hidden = "GET /hidden-in-body HTTP/1.1\r\nHost: a\r\n\r\n";
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync($"POST /early-smuggle HTTP/1.1\r\nHost: a\r\nContent-Length: {Hidden.Length}\r\n\r\n");
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        await client.TrySendAsync(Encoding.ASCII.GetBytes(Hidden));
        client.ShutdownSend();
        await client.AssertClosedAsync();
        Assert.Empty(fixture.Upstream.RequestsFor("/hidden-in-body"));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("PROPFIND")]
    public async Task Body_belongs_to_any_method(string method)
    {
        var response = await fixture.SendOnceAsync($"{method} /any-{method} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        Assert.Equal(200, response.Status);
        var request = await fixture.Upstream.WaitForRequestAsync($"/any-{method}");
        Assert.Equal((method, "abc"), (request.Method, await request.BodyTextAsync()));
    }

    [Fact]
    public async Task Slow_upstream_holds_the_client_back_instead_of_filling_memory()
    {
        // More than the kernel's buffers on both sides can take together.
        const int Size = 120_000_000;
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Upstream.On("/unlimited/back-pressure", x => over.Task);
        await using var client = await fixture.ConnectAsync();
        var before = fixture.Gateway.Process.ResidentBytes;
        await client.SendAsync($"POST /unlimited/back-pressure HTTP/1.1\r\nHost: a\r\nContent-Length: {Size}\r\n\r\n");
        var sending = client.TrySendAsync(new byte[Size]);
        var request = await fixture.Upstream.WaitForRequestAsync("/unlimited/back-pressure");

        await fixture.Gateway.Process.WaitUntilIdleAsync();
        Assert.False(sending.IsCompleted, "all was taken though the upstream server reads nothing");
        Assert.True(fixture.Gateway.Process.ResidentBytes - before < 8_000_000, $"grew by {fixture.Gateway.Process.ResidentBytes - before} bytes");
        client.Reset();
        await sending.ContinueWith(t => t.Exception, TaskScheduler.Default);
        over.SetResult();
        await Deadline.WaitAsync(request.Connection.Closed, () => "the upstream connection is closed");
    }
}
