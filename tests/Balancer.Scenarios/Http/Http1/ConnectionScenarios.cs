using System.Text;
using Balancer.Harness;

namespace Balancer.Http.Http1;

/// <summary>What a client connection lives through: versions, reuse, pipelining, time limits.</summary>
public sealed class ConnectionScenarios(ConnectionScenarios.Fixture fixture) : IClassFixture<ConnectionScenarios.Fixture>
{
    public sealed class Fixture : GatewayFixture
    {
        internal int ShortPort { get; } = Ports.Next();

        protected override string Toml => $"""
            [upstream.pool]
            server = ["{Upstream.Address}"]

            [[server]]
            listen = "127.0.0.1:{Port}"
            keepalive_requests = 100

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"

            [[server]]
            listen = "127.0.0.1:{ShortPort}"
            client_header_timeout = "1s"
            keepalive_timeout = "1s"
            keepalive_requests = 3

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"
            """;
    }

    [Theory]
    [InlineData("HTTP/1.0", "", false)]
    [InlineData("HTTP/1.0", "Connection: close\r\n", false)]
    [InlineData("HTTP/1.0", "Connection: keep-alive\r\n", true)]
    [InlineData("HTTP/1.0", "Connection: Keep-Alive\r\n", true)]
    [InlineData("HTTP/1.1", "", true)]
    [InlineData("HTTP/1.1", "Connection: keep-alive\r\n", true)]
    [InlineData("HTTP/1.1", "Connection: close\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: x, Close\r\n", false)]
    public async Task Connection_stays_open_as_version_and_connection_field_say(string version, string field, bool stays)
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync($"GET /version {version}\r\nHost: a\r\n{field}\r\n");
        var response = await client.ReadResponseAsync();
        Assert.Equal(("HTTP/1.1 200 X", "ok"), (response.StatusLine, response.BodyText));
        Assert.Equal(stays, response["Connection"] != "close");
        if (stays)
        {
            if (version == "HTTP/1.0")
            {
                Assert.Equal("keep-alive", response["Connection"], ignoreCase: true);
            }

            await client.SendAsync($"GET /version {version}\r\nHost: a\r\n{field}\r\n");
            Assert.Equal("ok", (await client.ReadResponseAsync()).BodyText);
        }
        else
        {
            await client.AssertClosedAsync();
        }
    }

    [Fact]
    public async Task Http_1_0_request_without_host_is_served()
    {
        Assert.Equal(200, (await fixture.SendOnceAsync("GET /no-host HTTP/1.0\r\n\r\n")).Status);
        Assert.EndsWith(" HTTP/1.1", (await fixture.Upstream.WaitForRequestAsync("/no-host")).RequestLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipelined_requests_in_one_packet_are_answered_in_order()
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Upstream.On("/slow", async x =>
        {
            await sent.Task;
            await x.RespondAsync(200, x.Request.Target);
        });
        fixture.Upstream.On("/fast", x => x.RespondAsync(200, x.Request.Target));
        var batch = new StringBuilder();
        for (var i = 0; i < 40; i++)
        {
            batch.Append($"GET {(i % 10 == 0 ? "/slow" : "/fast")}?{i} HTTP/1.1\r\nHost: a\r\n\r\n");
        }

        await using var client = await fixture.ConnectAsync();
        await client.SendAsync(batch.ToString());
        sent.SetResult();
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal($"{(i % 10 == 0 ? "/slow" : "/fast")}?{i}", (await client.ReadResponseAsync()).BodyText);
        }
    }

    [Fact]
    public async Task Pipelined_bodies_and_bodiless_answers_stay_apart()
    {
        fixture.Upstream.On("/echo", async x => await x.RespondAsync(200, TestBytes.Text(await x.ReadBodyAsync())));
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync(
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nfirst" +
            "HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n" +
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nsec\r\n3\r\nond\r\n0\r\n\r\n" +
            "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" +
            "GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("first", (await client.ReadResponseAsync()).BodyText);
        Assert.Equal(200, (await client.ReadResponseAsync("HEAD")).Status);
        Assert.Equal("second", (await client.ReadResponseAsync()).BodyText);
        Assert.Equal("", (await client.ReadResponseAsync()).BodyText);
        await client.AssertClosedAsync();
        Assert.Empty(fixture.Upstream.RequestsFor("/never"));
    }

    [Fact]
    public async Task Request_in_single_bytes_is_served()
    {
        await using var client = await fixture.ConnectAsync();
        foreach (var b in Encoding.ASCII.GetBytes("GET /bytes?a=b HTTP/1.1\r\nHost: a\r\nX-Long: value\r\n\r\n"))
        {
            await client.SendAsync(new[] { b });
        }

        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        Assert.Equal("value", (await fixture.Upstream.WaitForRequestAsync("/bytes"))["X-Long"]);
    }

    [Fact]
    public async Task Empty_line_before_a_request_is_skipped()
    {
        Assert.Equal(200, (await fixture.SendOnceAsync("\r\nGET /crlf HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
    }

    [Fact]
    public async Task Http_2_preface_on_a_plain_port_is_answered_and_closed()
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
        var answer = await client.ReadToEndAsync();

        // Its own server preface, an empty SETTINGS frame, and then GOAWAY (type 7) on stream 0.
        Assert.StartsWith("\0\0\0\x04\0\0\0\0\0", answer, StringComparison.Ordinal);
        Assert.Equal('\x07', answer[9 + 3]);
    }

    [Fact]
    public async Task Connection_is_closed_after_keepalive_requests()
    {
        await using var client = await RawClient.ConnectAsync(fixture.ShortPort);
        for (var i = 1; i <= 3; i++)
        {
            await client.SendAsync("GET /count HTTP/1.1\r\nHost: a\r\n\r\n");
            var response = await client.ReadResponseAsync();
            Assert.Equal(i == 3, response["Connection"] == "close");
        }

        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Idle_connection_is_closed_after_keepalive_timeout()
    {
        await using var client = await RawClient.ConnectAsync(fixture.ShortPort);
        await client.SendAsync("GET /idle HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        await client.AssertClosedAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET /slow-head HTTP/1.1\r\nHost: a\r\nX-Unfin")]
    public async Task Head_that_does_not_come_is_timed_out(string start)
    {
        await using var client = await RawClient.ConnectAsync(fixture.ShortPort);
        await client.SendAsync(start);
        var answer = await client.ReadToEndAsync();
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), answer);
    }

    [Fact]
    public async Task Head_that_drips_does_not_outlive_the_timeout()
    {
        await using var client = await RawClient.ConnectAsync(fixture.ShortPort);
        var reading = client.ReadToEndAsync();
        await client.SendAsync("GET /drip HTTP/1.1\r\nHost: a\r\n");
        while (!reading.IsCompleted && await client.TrySendAsync("X: y\r\n"u8.ToArray()))
        {
            await Task.WhenAny(reading, Task.Delay(100));
        }

        var answer = await reading;
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), answer);
        Assert.Empty(fixture.Upstream.RequestsFor("/drip"));
    }

    [Fact]
    public async Task Client_connections_share_upstream_connections()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(200, (await fixture.GetAsync("/shared")).Status);
        }

        Assert.True(fixture.Upstream.RequestsFor("/shared").Select(r => r.Connection).Distinct().Count() <= 3);
    }
}
