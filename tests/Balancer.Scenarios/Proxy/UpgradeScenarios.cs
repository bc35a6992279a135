using System.Text;
using Balancer.Harness;

namespace Balancer.Proxy;

/// <summary>Connections that switch to another protocol, as WebSocket does.</summary>
public sealed class UpgradeScenarios
{
    private const string Ask = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    private const string Agree = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    private static string Toml(int port, TestUpstream upstream, string settings = "", string top = "") => $$"""
        {{top}}

        [upstream.pool]
        server = ["{{upstream.Address}}"]

        [[server]]
        listen = "127.0.0.1:{{port}}"
        {{settings}}

          [[server.location]]
          path = "/"
          proxy_pass = "http://pool"
        """;

    /// <summary>An upstream server that agrees and then does <paramref name="talk"/>.</summary>
    private static TestUpstream Start(Func<UpstreamConnection, Task> talk)
    {
        var upstream = TestUpstream.Start();
        upstream.On("/ws", async x =>
        {
            await x.SendAsync(Agree);
            await talk(x.Connection);
        });
        return upstream;
    }

    /// <summary>Sends back what comes, up to its end, and then a last word.</summary>
    private static async Task EchoAsync(UpstreamConnection connection)
    {
        while (await connection.Reader.ReadSomeAsync() is { Length: > 0 } bytes)
        {
            await connection.SendAsync(bytes);
        }

        await connection.SendAsync("bye");
        connection.Close();
    }

    private static async Task<RawClient> OpenAsync(int port)
    {
        var client = await RawClient.ConnectAsync(port);
        await client.SendAsync(Ask);
        var response = await client.ReadHeadAsync();
        Assert.Equal(101, response.Status);
        return client;
    }

    [Fact]
    public async Task Tunnel_passes_bytes_both_ways_and_the_end_of_the_clients()
    {
        await using var upstream = Start(EchoAsync);
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream, """access_log = "DIR/access.log combined" """));
        await using var client = await RawClient.ConnectAsync(port);
        await client.SendAsync(Ask);

        var response = await client.ReadHeadAsync();
        Assert.Equal("HTTP/1.1 101 Switching Protocols", response.StatusLine);
        Assert.Equal("upgrade", response["Connection"]);
        Assert.Equal("websocket", response["Upgrade"]);
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", response["Sec-WebSocket-Accept"]);
        Assert.Null(response["Content-Length"]);
        Assert.Null(response["Transfer-Encoding"]);
        var request = await upstream.WaitForRequestAsync("/ws");
        Assert.Equal("upgrade", request["Connection"]);
        Assert.Equal("websocket", request["Upgrade"]);
        Assert.Equal("dGhlIHNhbXBsZSBub25jZQ==", request["Sec-WebSocket-Key"]);

        var metrics = await gateway.ScrapeAsync();
        Assert.Equal(1, metrics.Sum("balancer_downstream_tunnels_active"));
        Assert.Equal(1, metrics.Sum("balancer_downstream_tunnels_opened_total"));
        await client.SendAsync("one");
        Assert.Equal("one", await client.ReadTextAsync(3));
        await client.SendAsync("two");
        Assert.Equal("two", await client.ReadTextAsync(3));

        // The client ends its side; the server is told and still answers.
        client.ShutdownSend();
        Assert.Equal("bye", await client.ReadToEndAsync());

        await Deadline.UntilAsync(async () => (await gateway.ScrapeAsync()).Sum("balancer_downstream_tunnels_active") == 0, () => "the tunnel is over");
        metrics = await gateway.ScrapeAsync();
        Assert.Equal(0, metrics.Sum("balancer_upstream_connections_active"));
        Assert.Equal(0, metrics.Sum("balancer_http_request_errors_total"));
        await Deadline.UntilAsync(
            async () => File.Exists(gateway.FilePath("access.log")) && (await File.ReadAllTextAsync(gateway.FilePath("access.log"))).Contains("\"GET /ws HTTP/1.1\" 101 ", StringComparison.Ordinal),
            () => "a line of the access log");
    }

    [Fact]
    public async Task Bytes_behind_the_request_wait_for_the_agreement_and_bytes_behind_the_agreement_are_not_lost()
    {
        await using var upstream = TestUpstream.Start();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.On("/ws", async x =>
        {
            await go.Task;
            await x.SendAsync(Agree + "hello");
            await EchoAsync(x.Connection);
        });
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream));
        await using var client = await RawClient.ConnectAsync(port);
        await client.SendAsync(Ask + "early");
        await upstream.WaitForRequestAsync("/ws");
        Assert.DoesNotContain("early", upstream.Connections[0].ReceivedText, StringComparison.Ordinal);
        go.SetResult();

        Assert.Equal(101, (await client.ReadHeadAsync()).Status);
        Assert.Equal("helloearly", await client.ReadTextAsync(10));
    }

    [Fact]
    public async Task Refusal_is_a_response_like_any_other()
    {
        await using var upstream = TestUpstream.Start();
        upstream.On("/ws", x => x.RespondAsync(403, "no"));
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream));
        await using var client = await RawClient.ConnectAsync(port);
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Ask);
            var response = await client.ReadResponseAsync();
            Assert.Equal(403, response.Status);
            Assert.Equal("no", response.BodyText);
            Assert.Null(response["Connection"]);
        }
    }

    [Theory]
    [InlineData("GET /ws HTTP/1.1\r\nHost: a\r\n\r\n", Agree)]
    [InlineData(Ask, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n")]
    [InlineData(Ask, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket, other\r\n\r\n")]
    [InlineData(Ask, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n\r\n")]
    [InlineData(Ask, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("GET /ws HTTP/1.0\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", Agree)]
    [InlineData("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n", Agree)]
    [InlineData("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n")]
    public async Task Agreement_nobody_asked_for_is_a_bad_gateway(string request, string answer)
    {
        await using var upstream = TestUpstream.Start();
        upstream.OnRaw("/ws", answer);
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream));
        await using var client = await RawClient.ConnectAsync(port);
        await client.SendAsync(request);
        Assert.Equal(502, (await client.ReadResponseAsync()).Status);
    }

    [Theory]
    [InlineData("POST /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("GET /ws HTTP/1.0\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\r\n")]
    [InlineData("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade, http2-settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")]
    [InlineData("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket, h2c\r\n\r\n")]
    public async Task Request_that_cannot_switch_is_forwarded_without_asking(string request)
    {
        await using var upstream = TestUpstream.Start();
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream));
        await using var client = await RawClient.ConnectAsync(port);
        await client.SendAsync(request);
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        var seen = await upstream.WaitForRequestAsync("/ws");
        Assert.Null(seen["Upgrade"]);
        Assert.Null(seen["Connection"]);
        Assert.Null(seen["HTTP2-Settings"]);
    }

    [Fact]
    public async Task Idle_tunnel_ends_and_one_that_talks_in_one_direction_does_not()
    {
        await using var upstream = Start(async connection =>
        {
            for (var i = 0; i < 8; i++)
            {
                await Task.Delay(100);
                await connection.SendAsync("tick");
            }

            await connection.Reader.ReadSomeAsync();
            connection.Close();
        });
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream, """proxy_read_timeout = "500ms" """));
        await using var client = await OpenAsync(port);
        Assert.Equal(string.Concat(Enumerable.Repeat("tick", 8)), await client.ReadToEndAsync());
        await upstream.WaitForOpenConnectionsAsync(0);
    }

    [Fact]
    public async Task Side_that_does_not_read_holds_the_other_back()
    {
        const int Size = 40_000_000;
        long sent = 0;
        await using var upstream = Start(async connection =>
        {
            var block = new byte[100_000];
            while (sent < Size && await connection.SendAsync(block))
            {
                Interlocked.Add(ref sent, block.Length);
            }
        });
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream));
        await using var client = await OpenAsync(port);
        await Deadline.UntilAsync(() => Interlocked.Read(ref sent) > 0, () => "the server sends");
        await gateway.Process.WaitUntilIdleAsync();

        Assert.True(Interlocked.Read(ref sent) < Size, "all was taken though nobody reads");
        var rest = (await client.ReadTextAsync(Size)).Length;
        Assert.Equal(Size, rest);
    }

    [Fact]
    public async Task Client_that_resets_ends_the_servers_connection()
    {
        await using var upstream = Start(EchoAsync);
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream));
        await using var client = await OpenAsync(port);
        client.Reset();
        await upstream.WaitForOpenConnectionsAsync(0);
        await Deadline.UntilAsync(async () => (await gateway.ScrapeAsync()).Sum("balancer_upstream_connections_active") == 0, () => "no connection is left");
    }

    [Fact]
    public async Task Server_that_resets_ends_the_clients_connection()
    {
        await using var upstream = Start(async connection =>
        {
            await connection.Reader.ReadSomeAsync();
            connection.Reset();
        });
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream));
        await using var client = await OpenAsync(port);
        await client.SendAsync("x");
        await client.AssertClosedAsync();
        await Deadline.UntilAsync(
            async () => (await gateway.ScrapeAsync()).Sum("balancer_upstream_failures_total", "reason=truncated") == 1,
            () => "the failure is counted");
    }

    [Fact]
    public async Task Reload_leaves_tunnels_alone()
    {
        await using var upstream = Start(EchoAsync);
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream, top: """worker_shutdown_timeout = "300ms" """));
        await using var client = await OpenAsync(port);
        for (var i = 0; i < 3; i++)
        {
            gateway.WriteConfig(Toml(port, upstream, $"add_header = {{ X-Round = \"{i}\" }}", """worker_shutdown_timeout = "300ms" """));
            await gateway.ReloadAsync();
            await Task.Delay(400);
            await client.SendAsync($"round {i}");
            Assert.Equal($"round {i}", await client.ReadTextAsync(7));
        }
    }

    [Fact]
    public async Task Stop_gives_tunnels_the_time_there_is_and_cuts_them_then()
    {
        await using var upstream = Start(EchoAsync);
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream, top: """worker_shutdown_timeout = "1s" """));
        await using var ending = await OpenAsync(port);
        await using var staying = await OpenAsync(port);
        gateway.Process.Signal(UnixSignal.Term);
        await Deadline.WaitAsync(gateway.Notify.WaitAsync("STOPPING=1"), () => "STOPPING=1");
        await ending.SendAsync("still");
        Assert.Equal("still", await ending.ReadTextAsync(5));
        ending.ShutdownSend();
        Assert.Equal("bye", await ending.ReadToEndAsync());

        await staying.AssertClosedAsync();
        Assert.Equal(0, await gateway.WaitForExitAsync());
    }

    [Fact]
    public async Task Two_hundred_sockets_talk_at_once()
    {
        await using var upstream = Start(EchoAsync);
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream));
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async n =>
        {
            await using var client = await OpenAsync(port);
            for (var i = 0; i < 20; i++)
            {
                var text = new StringBuilder().Append('-', i * 37).Append(n).ToString();
                await client.SendAsync(text);
                Assert.Equal(text, await client.ReadTextAsync(text.Length));
            }
        }));
        await upstream.WaitForOpenConnectionsAsync(0);
    }
}
