using Balancer.Harness;

namespace Balancer.Proxy;

/// <summary>Which requests go to the next upstream server, and which must not. Every pool starts with <c>First</c>, as weighted round robin does.</summary>
public sealed class RetryScenarios(RetryScenarios.Fixture fixture) : IClassFixture<RetryScenarios.Fixture>
{
    public sealed class Fixture : GatewayFixture
    {
        /// <summary>The pools: name, directives of the location.</summary>
        private static readonly (string Name, string Directives)[] Locations =
        [
            ("get-reset", ""),
            ("post-reset", ""),
            ("post-non-idempotent", "proxy_next_upstream = [\"error\", \"timeout\", \"non_idempotent\"]"),
            ("big-body", "client_body_buffer_size = \"8k\"\nproxy_next_upstream = [\"error\", \"non_idempotent\"]"),
            ("listed-503", "proxy_next_upstream = [\"error\", \"http_503\"]"),
            ("post-503", "proxy_next_upstream = [\"error\", \"http_503\"]"),
            ("unlisted-503", ""),
            ("all-503", "proxy_next_upstream = [\"http_503\"]"),
            ("off", "proxy_next_upstream = \"off\""),
            ("tries", "proxy_next_upstream_tries = 1"),
            ("time", "proxy_next_upstream_timeout = \"300ms\""),
            ("read-timeout", "proxy_read_timeout = \"300ms\""),
            ("invalid", "proxy_next_upstream = [\"invalid_header\"]"),
            ("late", ""),
        ];

        /// <summary>The server a pool picks first.</summary>
        internal TestUpstream First => Upstream;

        /// <summary>The server a pool picks next.</summary>
        internal TestUpstream Second { get; } = TestUpstream.Start();

        /// <summary>Where nobody listens.</summary>
        internal string Dead { get; } = $"127.0.0.1:{Ports.Next()}";

        protected override string Toml => $$"""
            {{string.Concat(Locations.Select(l => $"[upstream.{l.Name}]\nserver = [\"{First.Address} max_fails=0\", \"{Second.Address} max_fails=0\"]\n"))}}

            [upstream.dead-first]
            server = ["{{Dead}} max_fails=0 weight=100", "{{Second.Address}}"]

            [upstream.stale]
            server = ["{{First.Address}} max_fails=1 fail_timeout=60s weight=100", "{{Second.Address}} backup"]

            [[server]]
            listen = "127.0.0.1:{{Port}}"
            client_max_body_size = "10m"
            access_log = "off"
            add_header = { X-Tried = "$upstream_addr", X-Statuses = "$upstream_status" }

            {{string.Concat(Locations.Select(l => $"[[server.location]]\npath = \"/{l.Name}\"\nproxy_pass = \"http://{l.Name}\"\n{l.Directives}\n"))}}

            [[server.location]]
            path = "/dead-first"
            proxy_pass = "http://dead-first"

            [[server.location]]
            path = "/stale"
            proxy_pass = "http://stale"
            """;

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Second.DisposeAsync();
        }
    }

    private string Both => $"{fixture.First.Address}, {fixture.Second.Address}";

    private void FirstResets(string path) => fixture.First.On(path, async x =>
    {
        await x.ReadBodyAsync();
        x.Connection.Reset();
    });

    [Fact]
    public async Task Get_reset_before_an_answer_goes_to_the_next_server()
    {
        FirstResets("/get-reset");
        var response = await fixture.GetAsync("/get-reset");
        Assert.Equal((200, Both), (response.Status, response["X-Tried"]));
        Assert.Equal("502, 200", response["X-Statuses"]);
    }

    [Theory]
    [InlineData("Content-Length: 11\r\n\r\nhello world")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")]
    public async Task Post_goes_to_the_next_server_when_connecting_fails(string body)
    {
        var path = $"/dead-first/{body.Length}";
        var response = await fixture.SendOnceAsync($"POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{body}");
        Assert.Equal((200, $"{fixture.Dead}, {fixture.Second.Address}"), (response.Status, response["X-Tried"]));
        Assert.Equal("hello world", await (await fixture.Second.WaitForRequestAsync(path)).BodyTextAsync());
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    [InlineData("LOCK")]
    public async Task Request_that_must_not_be_repeated_is_502_once_sent(string method)
    {
        FirstResets("/post-reset");
        string? tried = null;

        // Round robin starts with either server, depending on the rows before.
        for (var i = 0; i < 2 && tried != fixture.First.Address; i++)
        {
            var response = await fixture.SendOnceAsync($"{method} /post-reset HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
            tried = response["X-Tried"];
            Assert.Equal(tried == fixture.First.Address ? 502 : 200, response.Status);
        }

        Assert.Equal(fixture.First.Address, tried);
    }

    [Fact]
    public async Task Post_goes_to_the_next_server_with_its_body_when_non_idempotent_says_so()
    {
        FirstResets("/post-non-idempotent");
        var response = await fixture.SendOnceAsync("POST /post-non-idempotent HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
        Assert.Equal((200, Both), (response.Status, response["X-Tried"]));
        Assert.Equal("hi", await (await fixture.Second.WaitForRequestAsync("/post-non-idempotent")).BodyTextAsync());
    }

    [Fact]
    public async Task Body_that_outgrew_the_replay_buffer_is_not_sent_again()
    {
        FirstResets("/big-body");
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("POST /big-body HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n");
        await client.TrySendAsync(new byte[1_000_000]);
        Assert.Equal(502, (await client.ReadResponseAsync()).Status);
        Assert.Empty(fixture.Second.RequestsFor("/big-body"));
    }

    [Fact]
    public async Task Listed_status_goes_to_the_next_server()
    {
        fixture.First.On("/listed-503", x => x.RespondAsync(503, "busy"));
        var response = await fixture.GetAsync("/listed-503");
        Assert.Equal((200, "ok", "503, 200"), (response.Status, response.BodyText, response["X-Statuses"]));
    }

    [Fact]
    public async Task Listed_status_of_a_sent_post_is_passed_on()
    {
        fixture.First.On("/post-503", x => x.RespondAsync(503, "busy"));
        var response = await fixture.SendOnceAsync("POST /post-503 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
        Assert.Equal((503, "busy"), (response.Status, response.BodyText));
    }

    [Fact]
    public async Task Unlisted_status_is_passed_on()
    {
        fixture.First.On("/unlisted-503", x => x.RespondAsync(503, "busy"));
        var response = await fixture.GetAsync("/unlisted-503");
        Assert.Equal((503, "busy", fixture.First.Address), (response.Status, response.BodyText, response["X-Tried"]));
    }

    [Fact]
    public async Task Listed_status_of_the_last_server_is_passed_on_as_it_is()
    {
        fixture.First.On("/all-503", x => x.RespondAsync(503, "busy"));
        fixture.Second.On("/all-503", x => x.RespondAsync(503, "busy too", "X-Own: 1"));
        var response = await fixture.GetAsync("/all-503");
        Assert.Equal((503, "busy too", "1", "503, 503"), (response.Status, response.BodyText, response["X-Own"], response["X-Statuses"]));
    }

    [Theory]
    [InlineData("/off")]
    [InlineData("/tries")]
    public async Task Nothing_is_tried_again_where_that_is_switched_off(string path)
    {
        FirstResets(path);
        var response = await fixture.GetAsync(path);
        Assert.Equal((502, fixture.First.Address), (response.Status, response["X-Tried"]));
    }

    [Fact]
    public async Task Nothing_is_tried_again_after_next_upstream_timeout()
    {
        fixture.First.On("/time", async x =>
        {
            await Task.Delay(600);
            x.Connection.Reset();
        });
        Assert.Equal((502, fixture.First.Address), await fixture.GetAsync("/time") is var r ? (r.Status, r["X-Tried"]) : default);
    }

    [Fact]
    public async Task Silent_server_is_left_for_the_next_one()
    {
        fixture.First.On("/read-timeout", x => x.Connection.WaitForGatewayToCloseAsync());
        var response = await fixture.GetAsync("/read-timeout");
        Assert.Equal((200, "504, 200"), (response.Status, response["X-Statuses"]));
    }

    [Fact]
    public async Task Malformed_answer_goes_to_the_next_server_where_listed()
    {
        fixture.First.OnRaw("/invalid", "HELLO\r\n\r\n", close: true);
        var response = await fixture.GetAsync("/invalid");
        Assert.Equal((200, Both), (response.Status, response["X-Tried"]));
    }

    [Fact]
    public async Task Answer_that_has_begun_is_never_tried_again()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.First.On("/late", async x =>
        {
            await x.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");

            // What is still on its way to the client goes with the reset.
            await arrived.Task;
            x.Connection.Close();
        });
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.WaitForArrivalAsync("half");
        arrived.SetResult();
        var response = await client.ReadResponseAsync();
        Assert.Equal((200, "half", false), (response.Status, response.BodyText, response.Complete));
        Assert.Empty(fixture.Second.RequestsFor("/late"));
    }

    /// <summary>The server closes an idle connection at the very moment the next request comes: the most common false 502 of all proxies.</summary>
    [Fact]
    public async Task Reused_connection_that_is_reset_is_tried_again_on_a_fresh_one_and_charges_nobody()
    {
        fixture.First.On("/stale/get", async x =>
        {
            if (x.Connection.RequestCount > 1)
            {
                x.Connection.Reset();
                return;
            }

            await x.RespondAsync(200, "fresh");
        });
        for (var i = 0; i < 6; i++)
        {
            var response = await fixture.GetAsync("/stale/get");
            Assert.Equal((200, "fresh"), (response.Status, response.BodyText));
        }

        Assert.Empty(fixture.Second.RequestsFor("/stale/get"));
    }

    [Fact]
    public async Task Connection_closed_while_idle_is_noticed_before_it_is_used()
    {
        fixture.First.On("/stale/post", async x =>
        {
            await x.RespondAsync(200, "once");
            x.Connection.Close();
        });
        for (var i = 0; i < 6; i++)
        {
            // The response may arrive before the end of the connection; that end is what must be noticed.
            await Deadline.UntilAsync(() => fixture.First.OpenConnections == 0 || fixture.First.Connections.All(c => c.Closed.IsCompleted || c.RequestCount == 0 || !c.ReceivedText.Contains("/stale/post", StringComparison.Ordinal)), () => "the connections are closed");
            var response = await fixture.SendOnceAsync("POST /stale/post HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
            Assert.Equal((200, "once"), (response.Status, response.BodyText));
        }
    }
}
