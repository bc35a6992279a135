using System.Diagnostics;
using Balancer.Harness;

namespace Balancer.Http.Http1;

/// <summary>Mutated requests and responses through a running gateway: no crash, no hang, no growth, and nothing malformed on the other side. The seeds are fixed, so a failure repeats.</summary>
public sealed class FuzzScenarios(PlainGatewayFixture fixture) : IClassFixture<PlainGatewayFixture>
{
    private const int Rounds = 1500;

    private static readonly string[] Requests =
    [
        "GET /fuzz HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /fuzz?a=b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "POST /fuzz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "GET http://a/fuzz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "HEAD /fuzz HTTP/1.1\r\nHost: a\r\nConnection: close, x\r\nX: y\r\nExpect: 100-continue\r\n\r\n",
        "GET /fuzz HTTP/1.1\r\nHost: a\r\n\r\nPOST /fuzz HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /fuzz HTTP/1.1\r\nHost: a\r\n\r\n",
    ];

    private static readonly string[] Responses =
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
        "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive, x\r\nX: y\r\n\r\nuntil close",
        "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
    ];

    [Fact]
    public async Task Mutated_requests_are_answered_or_refused_and_never_passed_on_malformed()
    {
        await RunAsync(Requests, async (client, bytes) =>
        {
            await client.TrySendAsync(bytes);
            try
            {
                client.ShutdownSend();
            }
            catch (System.Net.Sockets.SocketException)
            {
                // The gateway was first.
            }

            return await client.ReadToEndAsync();
        });
        foreach (var request in fixture.Upstream.Requests)
        {
            Assert.Matches("^[!#$%&'*+\\-.^_`|~0-9A-Za-z]+ [!-~\u0080-\u00ff]+ HTTP/1\\.1$", request.RequestLine);
            Assert.All(request.Fields, f => Assert.Matches("^[!#$%&'*+\\-.^_`|~0-9A-Za-z]+:[\\t -~\u0080-\u00ff]*$", f));
            Assert.Single(request.Values("Host"));
            Assert.True(request.Values("Content-Length").Length + request.Values("Transfer-Encoding").Length <= 1, request.Head);
        }
    }

    [Fact]
    public async Task Mutated_responses_end_in_an_answer_or_a_cut_connection()
    {
        byte[] response = [];
        fixture.Upstream.On("/fuzz-response", async x =>
        {
            await x.Connection.SendAsync(response);
            x.Connection.Close();
        });
        await RunAsync(Responses, async (client, bytes) =>
        {
            response = bytes;
            await client.SendAsync("GET /fuzz-response HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            var answer = await client.ReadToEndAsync();
            Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal), answer);
            return answer;
        });
    }

    private async Task RunAsync(string[] seeds, Func<RawClient, byte[], Task<string>> send)
    {
        var random = new Random(20_240_607);
        Assert.Equal(200, (await fixture.GetAsync("/warm")).Status);
        var memory = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Mutate(random, seeds[random.Next(seeds.Length)]);
            await using var client = await fixture.ConnectAsync();
            var clock = Stopwatch.StartNew();
            try
            {
                await send(client, bytes);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                throw new InvalidOperationException($"round {round}, after {clock.Elapsed}: {TestBytes.Text(bytes)}", e);
            }

            if (round == Rounds / 3)
            {
                memory = fixture.Gateway.Process.ResidentBytes;
            }
        }

        Assert.Equal(200, (await fixture.GetAsync("/alive")).Status);
        Assert.True(fixture.Gateway.Process.ResidentBytes < memory + 30_000_000, $"grew from {memory} to {fixture.Gateway.Process.ResidentBytes}");
    }

    private static byte[] Mutate(Random random, string seed)
    {
        var bytes = System.Text.Encoding.Latin1.GetBytes(seed).ToList();
        ReadOnlySpan<byte> telling = "\r\n\t :;,\0/?#%0f\"\\\x7f\xff"u8;
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.Insert(at, telling[random.Next(telling.Length)]);
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 30), bytes.Count - at)));
                    break;
                case 4:
                    bytes[at] = telling[random.Next(telling.Length)];
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 10), bytes.Count - at - 1));
                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        return [.. bytes];
    }
}
