using System.Security.Cryptography;
using System.Text;
using Balancer.Infrastructure;
using Balancer.TestSupport;
using Balancer.TestSupport.Http2;

namespace Balancer.Http.Http2;

/// <summary>WebSockets on streams (RFC 8441), which are HTTP/1.1 upgrades to the server behind.</summary>
public sealed class Http2TunnelTests
{
    private const string On = "http2 = true";

    [Fact]
    public async Task Extended_CONNECT_becomes_an_upgrade_and_its_101_a_200()
    {
        WireMessage? seen = null;
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            seen = await wire.ReadHeadAsync();
            await AgreeAsync(wire, seen!, "Sec-WebSocket-Protocol: chat\r\nX-Here: 1\r\n");
            await EchoAsync(wire);
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Open(1, "/chat?room=1", ("sec-websocket-version", "13"), ("sec-websocket-protocol", "chat, other"), ("origin", "http://test"), ("sec-websocket-key", "bXkgb3duIGtleSwgZXZlbg==")));
        var stream = client.Stream(1);
        await client.ReadUntilAsync(() => stream.Fields.Count > 0);

        Assert.Equal(200, stream.Status);
        Assert.Equal("chat", stream["sec-websocket-protocol"]);
        Assert.Equal("1", stream["x-here"]);
        Assert.DoesNotContain(stream.Fields, f => f.Name is "connection" or "upgrade" or "sec-websocket-accept" or "transfer-encoding" or "content-length");
        Assert.Equal("GET /chat?room=1 HTTP/1.1", seen!.FirstLine);
        Assert.Equal("websocket", seen["Upgrade"]);
        Assert.Equal("upgrade", seen["Connection"]);
        Assert.Equal("13", seen["Sec-WebSocket-Version"]);
        Assert.Equal("chat, other", seen["Sec-WebSocket-Protocol"]);
        Assert.Equal("http://test", seen["Origin"]);
        Assert.Null(seen["Transfer-Encoding"]);
        Assert.Null(seen["Content-Length"]);
        var key = Assert.Single(seen.Fields, f => f.Name.Equals("Sec-WebSocket-Key", StringComparison.OrdinalIgnoreCase)).Value;
        Assert.NotEqual("bXkgb3duIGtleSwgZXZlbg==", key);
        Assert.Equal(16, Convert.FromBase64String(key).Length);
        Assert.Equal(1, gateway.Host.Counters.TunnelsOpened.Value);

        await client.SendAsync(Frames.Data(1, false, "one"));
        await client.ReadUntilAsync(() => stream.Text == "one");
        await client.SendAsync(Frames.Data(1, false, "two"));
        await client.ReadUntilAsync(() => stream.Text == "onetwo");

        // The client ends its side; the server is told, has a last word, and ends the stream.
        await client.SendAsync(Frames.Data(1, true, ""));
        await client.ReadStreamAsync(1);
        Assert.Equal("onetwobye", stream.Text);
        Assert.True(stream.IsComplete);
        Assert.Null(stream.Reset);
        Assert.Equal(200, (await AnswerAsync(client, 3)).Status);
        await Eventually.TrueAsync(() => gateway.Host.Counters.TunnelsClosed.Value >= 1);
    }

    [Fact]
    public async Task A_tunnel_that_stays_does_not_keep_responses_that_the_client_never_takes()
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            var request = (await wire.ReadHeadAsync())!;
            if (request["Upgrade"] is null)
            {
                await wire.SendAsync(ScriptedUpstream.OkText("small"));
                return;
            }

            await AgreeAsync(wire, request);
            await EchoAsync(wire);
        });
        await using var gateway = await TestGateway.StartAsync(upstream, "send_timeout = '5s'", server: On, time: new FakeTimeProvider());
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint, true, (4, 0));
        await client.SendAsync(Open(1));
        await client.ReadUntilAsync(() => client.Stream(1).Fields.Count > 0);
        gateway.Time!.Advance(TimeSpan.FromSeconds(20));
        await client.SendAsync(Frames.Get(3));
        await client.ReadUntilAsync(() => client.Stream(3).Fields.Count > 0);
        var start = gateway.Time.GetTimestamp();

        await gateway.RunClockAsync(client.ReadUntilAsync(() => client.Stream(3).Reset is not null));

        Assert.Equal(ErrorCode.Cancel, client.Stream(3).Reset);
        Assert.InRange(gateway.Time.GetElapsedTime(start), TimeSpan.FromSeconds(4.9), TimeSpan.FromSeconds(11));

        // The tunnel and all else go on.
        await client.SendAsync(Frames.WindowUpdate(1, 100), Frames.Data(1, false, "one"));
        await client.ReadUntilAsync(() => client.Stream(1).Text == "one");
    }

    [Fact]
    public async Task Every_stream_gets_a_key_of_its_own()
    {
        var keys = new System.Collections.Concurrent.ConcurrentBag<string>();
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            keys.Add((await wire.ReadHeadAsync())!["Sec-WebSocket-Key"]!);
            await wire.SendAsync("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        for (var id = 1; id < 40; id += 2)
        {
            await client.SendAsync(Open(id));
            Assert.Equal(403, (await client.ReadStreamAsync(id)).Status);
        }

        Assert.Equal(20, keys.Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")]
    [InlineData("Sec-WebSocket-Accept: \r\n")]
    public async Task An_agreement_that_does_not_fit_the_key_is_a_bad_gateway(string accept)
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadHeadAsync();
            await wire.SendAsync($"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n{accept}\r\n");
            await wire.ReadToEndAsync();
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Open(1));

        Assert.Equal(502, (await client.ReadStreamAsync(1)).Status);
        Assert.Equal(0, gateway.Host.Counters.TunnelsOpened.Value);
    }

    [Fact]
    public async Task A_refusal_is_passed_on_as_it_is()
    {
        await using var upstream = ScriptedUpstream.Answer(_ => "HTTP/1.1 403 No\r\nContent-Length: 2\r\nX-Why: me\r\n\r\nno");
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Open(1));
        var response = await client.ReadStreamAsync(1);

        Assert.Equal((403, "no", "me"), (response.Status, response.Text, response["x-why"]));
    }

    [Fact]
    public async Task A_page_in_the_place_of_an_agreement_is_not_passed_on_for_one_and_ejects_no_server()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: On, parameters: "max_fails=1 fail_timeout=1h");
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        for (var id = 1; id < 10; id += 4)
        {
            await client.SendAsync(Open(id));
            Assert.Equal(502, (await client.ReadStreamAsync(id)).Status);
            Assert.Equal("ok", (await client.GetAsync(id + 2)).Text);
        }
    }

    [Fact]
    public async Task A_protocol_other_than_websocket_is_not_implemented()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Connect(1, "connect-udp", "/"));

        Assert.Equal(501, (await client.ReadStreamAsync(1)).Status);
        Assert.Empty(upstream.Requests);
        Assert.Equal(1, gateway.Host.Counters.Malformed(Http1.HeadError.ProtocolNotSupported).Value);
    }

    [Theory]
    [InlineData("content-length", "0", 400)]
    [InlineData("content-length", "5", 400)]
    [InlineData("expect", "100-continue", 417)]
    [InlineData("upgrade", "websocket", 400)]
    public async Task Fields_that_do_not_go_with_a_tunnel_are_refused(string name, string value, int status)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Open(1, "/", (name, value)));

        Assert.Equal(status, (await client.ReadStreamAsync(1)).Status);
        Assert.Equal(0, upstream.Connections);
    }

    [Fact]
    public async Task Answers_of_the_gateway_itself_agree_to_no_tunnel()
    {
        await using var gateway = await TestGateway.StartAsync("""
            http2 = true
            [upstream.pool]
            server = ["127.0.0.1:1"]
            [[server]]
            listen = "127.0.0.1:0"
              [[server.location]]
              path = "/grpc"
              grpc_pass = "grpc://pool"
              [[server.location]]
              path = "/moved"
              return = "301 https://$host/"
              [[server.location]]
              path = "/text"
              return = "200 text"
            """);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Open(1, "/moved"), Open(3, "/text"), Open(5, "/none"), Open(7, "/grpc", ("content-type", "application/grpc")));

        Assert.Equal(301, (await client.ReadStreamAsync(1)).Status);
        Assert.Equal(501, (await client.ReadStreamAsync(3)).Status);
        Assert.Equal(404, (await client.ReadStreamAsync(5)).Status);
        Assert.Equal(501, (await client.ReadStreamAsync(7)).Status);
    }

    [Fact]
    public async Task What_a_client_sends_too_early_waits_for_the_agreement()
    {
        var isAsked = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            var head = await wire.ReadHeadAsync();
            isAsked.SetResult();
            await release.Task;
            Assert.True(wire.IsSilent);
            await AgreeAsync(wire, head!);
            await EchoAsync(wire);
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Open(1), Frames.Data(1, false, "early"));
        await isAsked.Task;
        await client.PingAsync();
        release.SetResult();
        await client.ReadUntilAsync(() => client.Stream(1).Text == "early");

        await client.SendAsync(Frames.Data(1, true, ""));
        Assert.Equal("earlybye", (await client.ReadStreamAsync(1)).Text);
        Assert.Empty(upstream.Failures);
    }

    [Fact]
    public async Task A_stream_the_client_resets_ends_the_servers_connection_alone()
    {
        var isClosed = new TaskCompletionSource<bool>();
        await using var upstream = ScriptedUpstream.Start(async (wire, number) =>
        {
            await AgreeAsync(wire, (await wire.ReadHeadAsync())!);
            if (number == 0)
            {
                isClosed.SetResult(await wire.IsClosedAsync());
                return;
            }

            await EchoAsync(wire);
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Open(1));
        await client.ReadUntilAsync(() => client.Stream(1).Fields.Count > 0);
        await client.SendAsync(Open(3), Frames.Reset(1));
        await client.ReadUntilAsync(() => client.Stream(3).Fields.Count > 0);
        Assert.True(await isClosed.Task);

        await client.SendAsync(Frames.Data(3, false, "still"));
        await client.ReadUntilAsync(() => client.Stream(3).Text == "still");
        await client.SendAsync(Frames.Data(3, true, ""));
        await client.ReadStreamAsync(3);
        await gateway.IdleAsync();
        Assert.Equal(2, gateway.Host.Counters.TunnelsClosed.Value);
    }

    [Fact]
    public async Task A_server_that_breaks_off_resets_the_stream()
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await AgreeAsync(wire, (await wire.ReadHeadAsync())!);
            await wire.ReadExactAsync(1);
            wire.Reset();
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Open(1));
        await client.ReadUntilAsync(() => client.Stream(1).Fields.Count > 0);
        await client.SendAsync(Frames.Data(1, false, "x"));
        var stream = await client.ReadStreamAsync(1);

        Assert.False(stream.IsComplete);
        Assert.Equal(ErrorCode.InternalError, stream.Reset);
    }

    [Fact]
    public async Task A_tunnel_in_which_nobody_says_anything_ends_after_proxy_read_timeout()
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await AgreeAsync(wire, (await wire.ReadHeadAsync())!);
            await EchoAsync(wire);
        });
        await using var gateway = await TestGateway.StartAsync(upstream, "proxy_read_timeout = '10s'", server: On, time: new FakeTimeProvider());
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Open(1));
        await client.ReadUntilAsync(() => client.Stream(1).Fields.Count > 0);
        var start = gateway.Time!.GetTimestamp();
        for (var i = 1; i <= 3; i++)
        {
            gateway.Time.Advance(TimeSpan.FromSeconds(8));
            await client.SendAsync(Frames.Data(1, false, "x"));
            await client.ReadUntilAsync(() => client.Stream(1).Body.Length == i);
        }

        await gateway.RunClockAsync(client.ReadStreamAsync(1));

        Assert.InRange(gateway.Time.GetElapsedTime(start), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(36));
    }

    [Fact]
    public async Task A_client_that_takes_nothing_holds_the_server_back_and_loses_nothing()
    {
        const int Size = 3_000_000;
        long sent = 0;
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            wire.Socket.SendBufferSize = 16 * 1024;
            await AgreeAsync(wire, (await wire.ReadHeadAsync())!);
            for (var i = 0; i < Size / 10_000; i++)
            {
                await wire.SendAsync(new string((char)('a' + (i % 26)), 10_000));
                Interlocked.Add(ref sent, 10_000);
            }
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint, true, (4, 1000));
        client.OpensWindows = false;

        await client.SendAsync(Open(1));
        var stream = client.Stream(1);
        await client.ReadUntilAsync(() => stream.Body.Length == 1000);
        long before;
        do
        {
            before = Interlocked.Read(ref sent);
            await client.PingAsync();
            await Task.Delay(20);
        }
        while (before != Interlocked.Read(ref sent));

        Assert.InRange(before, 0, Size - 1);
        client.OpensWindows = true;
        await client.SendAsync(Frames.WindowUpdate(0, Size), Frames.WindowUpdate(1, Size));
        await client.ReadStreamAsync(1);
        Assert.Equal(Size, stream.Body.Length);
        Assert.Equal(string.Concat(Enumerable.Range(0, Size / 10_000).Select(i => new string((char)('a' + (i % 26)), 10_000))), stream.Text);
    }

    [Fact]
    public async Task A_server_that_takes_nothing_holds_the_client_back()
    {
        var end = new TaskCompletionSource();
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await AgreeAsync(wire, (await wire.ReadHeadAsync())!);
            await end.Task.WaitAsync(TimeSpan.FromMinutes(1));
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);
        await client.SendAsync(Open(1));
        await client.ReadUntilAsync(() => client.Stream(1).Fields.Count > 0);

        var sent = 0;
        while (await client.HasWindowAsync(1, sent + 16_384))
        {
            await client.SendAsync(Frames.Data(1, false, new byte[16_384]));
            sent += 16_384;
            Assert.InRange(sent, 0, 64_000_000);
        }

        await client.SendAsync(Frames.Reset(1));
        end.SetResult();
    }

    [Fact]
    public async Task Many_tunnels_share_a_connection()
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await AgreeAsync(wire, (await wire.ReadHeadAsync())!);
            await EchoAsync(wire);
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);
        var ids = Enumerable.Range(0, 100).Select(i => (2 * i) + 1).ToArray();

        await client.SendAsync([.. ids.Select(id => Open(id))]);
        await client.ReadUntilAsync(() => ids.All(id => client.Stream(id).Fields.Count > 0));
        for (var round = 1; round <= 5; round++)
        {
            await client.SendAsync([.. ids.Select(id => Frames.Data(id, false, $"{id:D4}"))]);
            await client.ReadUntilAsync(() => ids.All(id => client.Stream(id).Body.Length == 4 * round));
        }

        await client.SendAsync([.. ids.Select(id => Frames.Data(id, true, ""))]);
        foreach (var id in ids)
        {
            Assert.Equal(string.Concat(Enumerable.Repeat($"{id:D4}", 5)) + "bye", (await client.ReadStreamAsync(id)).Text);
        }
    }

    [Fact]
    public async Task A_stop_leaves_tunnels_the_time_there_is_and_cuts_them_then()
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await AgreeAsync(wire, (await wire.ReadHeadAsync())!);
            await EchoAsync(wire);
        });
        await using var gateway = await TestGateway.StartAsync(upstream, server: On);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);
        await client.SendAsync(Open(1), Open(3));
        await client.ReadUntilAsync(() => client.Stream(1).Fields.Count > 0 && client.Stream(3).Fields.Count > 0);

        var stopping = Task.Run(() => gateway.Host.StopAsync(TimeSpan.FromSeconds(3)));
        await client.ReadUntilAsync(() => client.GoAway is not null);
        await client.SendAsync(Frames.Data(1, true, "still"));
        Assert.Equal("stillbye", (await client.ReadStreamAsync(1)).Text);
        await client.ReadToEndAsync();

        Assert.False(client.Stream(3).IsComplete);
        Assert.Equal(1, await stopping);
        Assert.Equal(1, gateway.Host.Counters.TunnelsCut.Value);
    }

    private static byte[] Open(int stream, string path = "/", params (string Name, string Value)[] fields) => Connect(stream, "websocket", path, fields);

    private static byte[] Connect(int stream, string protocol, string path, params (string Name, string Value)[] fields) =>
        Frames.Headers(stream, false, [(":method", "CONNECT"), (":protocol", protocol), (":scheme", "http"), (":authority", "test"), (":path", path), .. fields]);

    private static async Task<StreamMessage> AnswerAsync(Http2Wire client, int stream)
    {
        await client.SendAsync(Open(stream));
        await client.ReadUntilAsync(() => client.Stream(stream).Fields.Count > 0);
        await client.SendAsync(Frames.Data(stream, true, ""));
        return await client.ReadStreamAsync(stream);
    }

    private static async Task AgreeAsync(Wire wire, WireMessage request, string fields = "")
    {
#pragma warning disable CA5350 // RFC 6455 section 4.2.2 wants SHA-1.
        var hash = SHA1.HashData(Encoding.ASCII.GetBytes(request["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
#pragma warning restore CA5350
        await wire.SendAsync($"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Accept: {Convert.ToBase64String(hash)}\r\n{fields}\r\n");
    }

    /// <summary>Sends back what comes, up to its end, and then a last word.</summary>
    private static async Task EchoAsync(Wire wire)
    {
        var buffer = new byte[16 * 1024];
        while (await wire.Socket.ReceiveAsync(buffer) is > 0 and var length)
        {
            await wire.SendAsync(buffer.AsMemory(0, length));
        }

        await wire.SendAsync("bye");
    }
}
