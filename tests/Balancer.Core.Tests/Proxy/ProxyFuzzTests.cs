using System.Net.Sockets;
using System.Text;
using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>
/// Broken requests met by broken responses, cut anywhere and ended by a close, a reset or not at all: the gateway answers or closes, keeps no
/// place on a server, no connection and no request, and has no fault of its own.
/// </summary>
public class ProxyFuzzTests
{
    private const int Clients = 4;
    private const int Iterations = 150;

    private static readonly string[] Requests =
    [
        "GET /a?b HTTP/1.1\r\nHost: t\r\nAccept: */*\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: t\r\n\r\nGET /second HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n",
        "POST /p HTTP/1.1\r\nHost: t\r\nContent-Length: 11\r\n\r\nhello world",
        "PUT /p HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-T: 1\r\n\r\n",
        "PUT /p HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
        "HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: t\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nframes",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0",
    ];

    private static readonly string[] Responses =
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.0 200 OK\r\n\r\nuntil the end",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nframes",
    ];

    private static readonly string[] Pieces =
    [
        "\r\n", "\n", "\r", " ", "\t", "\0", ":", ";", ",", "0", "ffffffffffffffff", "-1", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n",
        "Connection: close\r\n", "Connection: x\r\n", "HTTP/1.1 200 OK\r\n\r\n", "GET / HTTP/1.1\r\nHost: evil\r\n\r\n", "\u00ff", "0\r\n\r\n", "5\r\nhello\r\n",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Nothing_is_left_behind_whatever_both_sides_do(int seed)
    {
        var responses = 0;
        await using var first = ScriptedUpstream.Start((wire, number) => RespondAsync(wire, new Random((seed * 100_000) + number), () => Interlocked.Increment(ref responses)));
        await using var second = ScriptedUpstream.Start((wire, number) => RespondAsync(wire, new Random((seed * 200_000) + number), () => Interlocked.Increment(ref responses)));
        await using var gateway = await TestGateway.StartAsync(
            [first, second],
            "proxy_next_upstream = 'error timeout invalid_header http_503 non_idempotent'\nproxy_read_timeout = '5s'\nclient_body_timeout = '5s'",
            parameters: "max_fails=0");

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var random = new Random((seed * 10) + client);
            for (var i = 0; i < Iterations; i++)
            {
                await RequestAsync(gateway, random);
            }
        })));

        await gateway.IdleAsync();
        await Eventually.TrueAsync(() => gateway.Host.Listeners[0].Connections == 0);
        Assert.Empty(first.Failures);
        Assert.Empty(second.Failures);
        Assert.InRange(responses, Iterations / 4, int.MaxValue);
        Assert.Equal(0, gateway.Host.Counters.Errors(Http.ProxyError.GatewayFault).Value);

        // It still works.
        await using var sound = ScriptedUpstream.Ok();
        Assert.Empty(await gateway.ReloadAsync(TestGateway.Toml([sound.Address])));
        Assert.Equal("ok", (await gateway.GetAsync()).Text);
    }

    private static async Task RequestAsync(TestGateway gateway, Random random)
    {
        using var client = await gateway.ConnectAsync();
        try
        {
            await SendAsync(client, Mutate(random, Requests), random);
            switch (random.Next(4))
            {
                case 0:
                    client.Reset();
                    break;
                case 1:
                    client.Dispose();
                    break;
                default:
                    client.Socket.Shutdown(SocketShutdown.Send);
                    await client.ReadToEndAsync();
                    break;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The gateway has closed first.
        }
    }

    private static async Task RespondAsync(Wire wire, Random random, Action onAnswer)
    {
        // An upstream server that has answered to its end may be used again, so it reads on.
        var buffer = new byte[16 * 1024];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await wire.Socket.ReceiveAsync(buffer, patience.Token) > 0)
        {
            onAnswer();
            await SendAsync(wire, Mutate(random, Responses), random);
            switch (random.Next(4))
            {
                case 0:
                    wire.Reset();
                    return;
                case 1:
                    return;
            }
        }
    }

    private static async Task SendAsync(Wire wire, byte[] bytes, Random random)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var size = Math.Min(bytes.Length - at, random.Next(2) == 0 ? bytes.Length : 1 + random.Next(30));
            await wire.SendAsync(bytes.AsMemory(at, size));
            at += size;
            if (random.Next(4) == 0)
            {
                await Task.Yield();
            }
        }
    }

    private static byte[] Mutate(Random random, string[] seeds)
    {
        var text = new StringBuilder(seeds[random.Next(seeds.Length)]);
        for (var change = random.Next(4); change > 0 && text.Length > 0; change--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 1:
                    text.Remove(at, Math.Min(random.Next(1, 10), text.Length - at));
                    break;
                case 2:
                    text[at] = (char)random.Next(256);
                    break;
                default:
                    text.Length = at;
                    break;
            }
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }
}
