using System.Net;
using System.Net.Sockets;
using Balancer.Harness;

namespace Balancer.Proxy;

/// <summary>Upstream servers and clients that fail, and what the other side is told.</summary>
public sealed class FailureScenarios(FailureScenarios.Fixture fixture) : IClassFixture<FailureScenarios.Fixture>
{
    public sealed class Fixture : GatewayFixture
    {
        private readonly Socket _full = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _fillers = [];

        protected override string Toml => $$"""
            [log_format]
            outcome = '$request_uri $status $upstream_status'

            [upstream.pool]
            server = ["{{Upstream.Address}}"]

            [[server]]
            listen = "127.0.0.1:{{Port}}"
            access_log = "DIR/access.log outcome"
            client_max_body_size = "50m"

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"

              [[server.location]]
              path = "/hasty/"
              proxy_pass = "http://pool"
              proxy_read_timeout = "1s"
              proxy_send_timeout = "1s"

              [[server.location]]
              path = "/refused"
              proxy_pass = "http://127.0.0.1:{{Ports.Next()}}"

              [[server.location]]
              path = "/unreachable"
              proxy_pass = "http://{{_full.LocalEndPoint}}"
              proxy_connect_timeout = "500ms"
            """;

        public override async Task InitializeAsync()
        {
            // A listener whose queue is full drops further SYNs, so that connecting to it hangs.
            _full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _full.Listen(0);
            for (var i = 0; i < 4; i++)
            {
                var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                _fillers.Add(filler);
                try
                {
                    filler.Connect(_full.LocalEndPoint!);
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
                {
                    // Under way.
                }
            }

            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            _fillers.ForEach(f => f.Dispose());
            _full.Dispose();
        }

        /// <summary>Waits for the access log line of a target.</summary>
        internal async Task<string> LoggedAsync(string target)
        {
            var line = "";
            await Deadline.UntilAsync(
                () =>
                {
                    var file = Gateway.FilePath("access.log");
                    line = File.Exists(file) ? File.ReadAllLines(file).FirstOrDefault(l => l.StartsWith(target + " ", StringComparison.Ordinal)) ?? "" : "";
                    return line.Length > 0;
                },
                () => $"a log line of {target}");
            return line;
        }
    }

    [Theory]
    [InlineData("length", "Content-Length: 10\r\n\r\nhalf", false)]
    [InlineData("length-reset", "Content-Length: 10\r\n\r\nhalf", true)]
    [InlineData("chunked", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", false)]
    [InlineData("chunked-reset", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", true)]
    [InlineData("within-chunk", "Transfer-Encoding: chunked\r\n\r\n9\r\nhalf", false)]
    [InlineData("within-size", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n1", false)]
    [InlineData("no-last-crlf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n", false)]
    [InlineData("bad-chunk", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\nrest\r\n0\r\n\r\n", false)]
    [InlineData("chunk-overrun", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalfmore\r\n0\r\n\r\n", false)]
    public async Task Client_can_tell_that_a_response_was_cut_off(string name, string rest, bool reset)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Upstream.On($"/cut-{name}", async x =>
        {
            await x.SendAsync($"HTTP/1.1 200 OK\r\n{rest}");
            if (reset)
            {
                // The client gets what came before the reset first.
                await arrived.Task;
                x.Connection.Reset();
            }
            else
            {
                x.Connection.Close();
            }
        });
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync($"GET /cut-{name} HTTP/1.1\r\nHost: a\r\n\r\n");
        if (reset)
        {
            await client.WaitForArrivalAsync("half");
            arrived.SetResult();
        }

        RawResponse response;
        try
        {
            response = await client.ReadResponseAsync();
        }
        catch (EndOfStreamException)
        {
            return;
        }

        Assert.True(response.Status == 502 || !response.Complete, $"{response}");
        if (response.Status != 502)
        {
            await client.AssertClosedAsync();
        }
    }

    [Fact]
    public async Task Reset_in_a_body_until_close_is_visible_too()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Upstream.On("/cut-until-close", async x =>
        {
            await x.SendAsync("HTTP/1.1 200 OK\r\n\r\nhalf");
            await arrived.Task;
            x.Connection.Reset();
        });
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("GET /cut-until-close HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.WaitForArrivalAsync("half");
        arrived.SetResult();
        Assert.False((await client.ReadResponseAsync()).Complete);
    }

    [Fact]
    public async Task Http_1_0_client_of_a_cut_off_chunked_response_gets_a_reset()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Upstream.On("/cut-1.0", async x =>
        {
            await x.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
            await arrived.Task;
            x.Connection.Close();
        });
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("GET /cut-1.0 HTTP/1.0\r\nHost: a\r\n\r\n");
        await client.WaitForArrivalAsync("half");
        arrived.SetResult();
        await client.ReadToEndAsync();
        Assert.True(client.WasReset, "the end looked like the end of the body");
    }

    [Theory]
    [InlineData("/refused", 502)]
    [InlineData("/unreachable", 504)]
    public async Task Server_that_cannot_be_reached_is_reported(string path, int status)
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(status, (await client.ReadResponseAsync()).Status);

        // An error of the upstream side does not cost the client its connection.
        await client.SendAsync("GET /fine HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        Assert.Equal($"{path} {status} {status}", await fixture.LoggedAsync(path));
    }

    [Theory]
    [InlineData("empty", "")]
    [InlineData("garbage", "SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("half-head", "HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("version", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("status-letters", "HTTP/1.1 2OO OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("status-short", "HTTP/1.1 20\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("status-long", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("length-twice", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")]
    [InlineData("length-negative", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("length-list", "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab")]
    [InlineData("length-huge", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nab")]
    [InlineData("length-and-chunked", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("unknown-coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("nul-in-value", "HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("cr-in-value", "HTTP/1.1 200 OK\r\nX-A: a\rSet-Cookie: b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("space-before-colon", "HTTP/1.1 200 OK\r\nX-A : a\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("no-colon", "HTTP/1.1 200 OK\r\nX-A\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("folded", "HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("101-unasked", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")]
    public async Task Malformed_response_head_is_502_and_its_connection_is_not_used_again(string name, string response)
    {
        fixture.Upstream.OnRaw($"/malformed-{name}", response, close: true);
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync($"GET /malformed-{name} HTTP/1.1\r\nHost: a\r\n\r\n");
        var got = await client.ReadResponseAsync();
        Assert.Equal(502, got.Status);
        Assert.Null(got["X-A"]);
        await client.SendAsync("GET /fine HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("ok", (await client.ReadResponseAsync()).BodyText);
    }

    [Fact]
    public async Task Response_head_larger_than_proxy_buffer_size_is_502()
    {
        fixture.Upstream.OnRaw("/large-head", $"HTTP/1.1 200 OK\r\nX-Large: {new string('x', 9000)}\r\nContent-Length: 0\r\n\r\n", close: true);
        Assert.Equal(502, (await fixture.GetAsync("/large-head")).Status);
    }

    [Fact]
    public async Task Response_head_without_end_does_not_fill_memory()
    {
        var before = fixture.Gateway.Process.ResidentBytes;
        fixture.Upstream.On("/endless-head", async x =>
        {
            await x.SendAsync("HTTP/1.1 200 OK\r\n");
            var line = TestBytes.Text([.. Enumerable.Repeat((byte)'x', 4000)]);
            while (await x.Connection.SendAsync(System.Text.Encoding.ASCII.GetBytes($"X-Line: {line}\r\n")))
            {
            }
        });
        Assert.Equal(502, (await fixture.GetAsync("/endless-head")).Status);
        Assert.True(fixture.Gateway.Process.ResidentBytes - before < 8_000_000);
    }

    [Fact]
    public async Task Silent_server_is_504_after_the_read_timeout_and_its_connection_is_closed()
    {
        fixture.Upstream.On("/hasty/silent", x => x.Connection.WaitForGatewayToCloseAsync());
        Assert.Equal(504, (await fixture.GetAsync("/hasty/silent")).Status);
        var request = await fixture.Upstream.WaitForRequestAsync("/hasty/silent");
        await Deadline.WaitAsync(request.Connection.Closed, () => "the upstream connection is closed");
        Assert.Equal("/hasty/silent 504 504", await fixture.LoggedAsync("/hasty/silent"));
    }

    [Fact]
    public async Task Server_that_drips_is_not_timed_out_while_it_makes_progress()
    {
        fixture.Upstream.On("/hasty/drip", async x =>
        {
            await x.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
            foreach (var c in "steady")
            {
                await Task.Delay(250);
                await x.SendAsync($"{c}");
            }
        });
        Assert.Equal("steady", (await fixture.GetAsync("/hasty/drip")).BodyText);
    }

    [Fact]
    public async Task Body_that_stalls_is_aborted_after_the_read_timeout()
    {
        fixture.Upstream.On("/hasty/stall", async x =>
        {
            await x.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            await x.Connection.WaitForGatewayToCloseAsync();
        });
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("GET /hasty/stall HTTP/1.1\r\nHost: a\r\n\r\n");
        var response = await client.ReadResponseAsync();
        Assert.Equal((200, "half", false), (response.Status, response.BodyText, response.Complete));
    }

    [Fact]
    public async Task Server_that_reads_nothing_is_504_after_the_send_timeout()
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Upstream.On("/hasty/deaf", async x => await over.Task);
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("POST /hasty/deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 30000000\r\n\r\n");
        var sending = client.TrySendAsync(new byte[30_000_000]);
        Assert.Equal(504, (await client.ReadResponseAsync()).Status);
        over.SetResult();
        await client.DisposeAsync();
        await sending.ContinueWith(t => t.Exception, TaskScheduler.Default);
    }

    [Fact]
    public async Task Client_that_leaves_while_waiting_ends_the_upstream_exchange_and_is_logged_as_499()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Upstream.On("/leaves", async x =>
        {
            await x.Connection.WaitForGatewayToCloseAsync();
            closed.SetResult();
        });
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("GET /leaves HTTP/1.1\r\nHost: a\r\n\r\n");
        await fixture.Upstream.WaitForRequestAsync("/leaves");
        await client.DisposeAsync();
        await Deadline.WaitAsync(closed.Task, () => "the upstream connection is closed");
        Assert.StartsWith("/leaves 499 ", await fixture.LoggedAsync("/leaves"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_that_leaves_within_a_download_ends_the_upstream_exchange()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Upstream.On("/download", async x =>
        {
            await x.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
            while (await x.Connection.SendAsync(new byte[100_000]))
            {
            }

            closed.SetResult();
        });
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("GET /download HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.ReadTextAsync(1_000_000);
        client.Reset();
        await Deadline.WaitAsync(closed.Task, () => "the upstream connection is closed");
    }
}
