using System.Globalization;
using System.Text;
using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>Bodies of any size, framing and cut, both ways at once: what is sent is what arrives, and every connection stays good.</summary>
public class BodyPropertyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_is_sent_is_what_arrives(int seed)
    {
        await using var upstream = ScriptedUpstream.Start(EchoAsync);
        await using var gateway = await TestGateway.StartAsync(upstream, "client_max_body_size = 0");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(client => Task.Run(() => SendManyAsync(gateway, new Random((seed * 10) + client)))));

        Assert.Empty(upstream.Failures);
        Assert.InRange(upstream.Connections, 1, 4);
    }

    private static async Task SendManyAsync(TestGateway gateway, Random random)
    {
        using var client = await gateway.ConnectAsync();
        for (var i = 0; i < 40; i++)
        {
            var body = Noise(random);
            var trailer = random.Next(4) == 0 ? $"{random.Next()}" : null;
            var isChunked = trailer is not null || random.Next(2) == 0;

            // The answer may begin before the request has ended, and large ones must, for nobody holds them whole.
            var sending = Task.Run(() => SendAsync(client, $"PUT /{i} HTTP/1.1\r\nHost: t\r\nX-Seed: {random.Next()}\r\n", body, isChunked, trailer, new Random(random.Next())));
            var response = await client.ReadResponseAsync();
            await sending;

            Assert.True(body.AsSpan().SequenceEqual(response.Body), $"{body.Length} sent, {response.Body.Length} received");
            Assert.Equal($"PUT /{i} HTTP/1.1", response["X-Line"]);
            if (response.Trailers.Count > 0 || trailer is not null)
            {
                Assert.Equal([("X-Trailer", trailer ?? "")], response.Trailers);
            }
        }
    }

    private static async Task EchoAsync(Wire wire)
    {
        while (await wire.ReadMessageAsync() is { } request)
        {
            var random = new Random(int.Parse(request["X-Seed"]!, CultureInfo.InvariantCulture));
            var trailer = request.Trailers.Count > 0 ? request.Trailers[0].Value : null;
            await SendAsync(wire, $"HTTP/1.1 200 OK\r\nX-Line: {request.FirstLine}\r\n", request.Body, trailer is not null || random.Next(2) == 0, trailer, random);
        }
    }

    private static async Task SendAsync(Wire wire, string head, byte[] body, bool isChunked, string? trailer, Random random)
    {
        var message = new MemoryStream();
        message.Write(Encoding.ASCII.GetBytes(head + (isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : $"Content-Length: {body.Length}\r\n\r\n")));
        for (var at = 0; at < body.Length;)
        {
            var size = isChunked ? Math.Min(body.Length - at, 1 + random.Next(random.Next(2) == 0 ? 20 : 40_000)) : body.Length;
            message.Write(Encoding.ASCII.GetBytes(isChunked ? $"{size:x}{(random.Next(5) == 0 ? ";a=\"b\"" : "")}\r\n" : ""));
            message.Write(body, at, size);
            message.Write(Encoding.ASCII.GetBytes(isChunked ? "\r\n" : ""));
            at += size;
        }

        message.Write(Encoding.ASCII.GetBytes(isChunked ? $"0\r\n{(trailer is null ? "" : $"X-Trailer: {trailer}\r\n")}\r\n" : ""));
        var bytes = message.ToArray();
        for (var at = 0; at < bytes.Length;)
        {
            var size = Math.Min(bytes.Length - at, 1 + random.Next(random.Next(3) == 0 ? 50 : 100_000));
            await wire.SendAsync(bytes.AsMemory(at, size));
            at += size;
        }
    }

    private static byte[] Noise(Random random)
    {
        var body = new byte[random.Next(4) switch
        {
            0 => 0,
            1 => random.Next(1, 100),
            2 => random.Next(1, 20_000),
            _ => random.Next(1, 300_000),
        }];
        random.NextBytes(body);
        return body;
    }
}
