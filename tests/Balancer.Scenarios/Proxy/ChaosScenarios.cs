using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Balancer.Harness;

namespace Balancer.Proxy;

/// <summary>
/// Many clients, every kind of message, servers that fail in every way and clients that leave in the middle: nobody ever gets what was meant for another,
/// no complete response is a wrong one, and in the end nothing is left open.
/// </summary>
public sealed class ChaosScenarios(ChaosScenarios.Fixture fixture) : IClassFixture<ChaosScenarios.Fixture>
{
    private const int Clients = 24;
    private const int RequestsEach = 120;

    public sealed class Fixture : GatewayFixture
    {
        internal TestUpstream Second { get; } = TestUpstream.Start();

        protected override string Toml => $$"""
            [upstream.pool]
            keepalive = 8
            keepalive_requests = 50
            server = ["{{Upstream.Address}} max_fails=0", "{{Second.Address}} max_fails=0 weight=2"]

            [[server]]
            listen = "127.0.0.1:{{Port}}"
            keepalive_requests = 40
            proxy_next_upstream = ["error", "timeout", "http_503"]

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"
            """;

        public override async Task InitializeAsync()
        {
            foreach (var (upstream, seed) in (ReadOnlySpan<(TestUpstream, int)>)[(Upstream, 1), (Second, 2)])
            {
                var random = new Random(seed);
                upstream.Default = x => MisbehaveAsync(x, random);
            }

            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Second.DisposeAsync();
        }

        /// <summary>Answers with what identifies the request, or fails in one of many ways.</summary>
        private static async Task MisbehaveAsync(UpstreamExchange x, Random random)
        {
            int dice, cut;
            lock (random)
            {
                (dice, cut) = (random.Next(40), random.Next(1000));
            }

            if (dice == 0)
            {
                x.Connection.Reset();
                return;
            }

            var body = await x.ReadBodyAsync();
            if (x.Request["Content-Length"] is not null && !x.Request.BodyComplete)
            {
                return;
            }

            var echo = $"{x.Request.Target} {TestBytes.Text(body)} ";
            echo += new string('.', cut * 20);
            var close = dice is 1 or 2;
            var response = (dice % 3) switch
            {
                0 => $"HTTP/1.1 200 OK\r\n{(close ? "Connection: close\r\n" : "")}Content-Length: {echo.Length}\r\n\r\n{echo}",
                1 => $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{TestBytes.Text(TestBytes.Chunked(Encoding.Latin1.GetBytes(echo), "", 1 + cut, 7))}",
                _ => $"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: {echo.Length}\r\n\r\n{echo}",
            };
            switch (dice)
            {
                case 3:
                    await x.SendAsync("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
                    return;
                case 4:
                    await x.SendAsync($"HTTP/1.0 200 OK\r\n\r\n{echo}");
                    x.Connection.Close();
                    return;
                case 5:
                    await x.SendAsync(response[..(response.Length * (cut % 100) / 100)]);
                    x.Connection.Close();
                    return;
                case 6:
                    await x.SendAsync(response[..(response.Length * (cut % 100) / 100)]);
                    x.Connection.Reset();
                    return;
                case 7:
                    await x.SendAsync("GARBAGE\r\n\r\n");
                    return;
                case 8:
                    await x.SendAsync(response + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
                    return;
                case 9:
                    await x.SendAsync(response);
                    x.Connection.Reset();
                    return;
                case 10:
                    await x.SendAsync(response[..(response.Length / 2)]);
                    await Task.Delay(20);
                    await x.SendAsync(response[(response.Length / 2)..]);
                    return;
                default:
                    await x.SendAsync(response);
                    if (close)
                    {
                        x.Connection.Close();
                    }

                    return;
            }
        }
    }

    [Fact]
    public async Task Nobody_gets_what_was_meant_for_another_and_nothing_is_left_open()
    {
        await fixture.GetAsync("/warm");
        var outcomes = new ConcurrentDictionary<string, int>();
        var wrong = new ConcurrentQueue<string>();
        await Deadline.WaitAsync(
            Task.WhenAll(Enumerable.Range(0, Clients).Select(c => Task.Run(() => RunClientAsync(c, outcomes, wrong)))),
            () => $"all clients end; so far {string.Join(", ", outcomes)}",
            TimeSpan.FromSeconds(90));
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Take(5)));

        // Most requests succeed: 11 of 40 fates are faults, and many of those are tried again.
        Assert.True(outcomes.GetValueOrDefault("200") > Clients * RequestsEach / 2, string.Join(", ", outcomes));
        var counted = await fixture.Gateway.ScrapeAsync();
        await Deadline.UntilAsync(
            () => fixture.Upstream.OpenConnections + fixture.Second.OpenConnections <= 8,
            () => $"no more upstream connections than are kept; open are {fixture.Upstream.OpenConnections} and {fixture.Second.OpenConnections}, the gateway counts {counted.Sum("balancer_upstream_connections_active")} active and {counted.Sum("balancer_upstream_connections_idle")} idle");
        var kept = fixture.Upstream.OpenConnections + fixture.Second.OpenConnections;
        fixture.Upstream.GoDown();
        fixture.Second.GoDown();
        Assert.InRange(kept, 0, 8);
        await Deadline.UntilAsync(
            async () =>
            {
                var metrics = await fixture.Gateway.ScrapeAsync();
                return metrics.Sum("balancer_downstream_connections_active") == 0
                    && metrics.Sum("balancer_upstream_connections_active") == 0
                    && metrics.Sum("balancer_upstream_connections_idle") == 0
                    && metrics.Sum("balancer_http_requests_in_flight") == 0;
            },
            () => "every connection is let go");
        var sockets = Directory.GetFileSystemEntries($"/proc/{fixture.Gateway.Process.Id}/fd").Count(f => new FileInfo(f).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
        Assert.True(sockets < 12, $"{sockets} sockets are open");
    }

    private async Task RunClientAsync(int number, ConcurrentDictionary<string, int> outcomes, ConcurrentQueue<string> wrong)
    {
        var random = new Random(1000 + number);
        var client = await fixture.ConnectAsync();
        for (var i = 0; i < RequestsEach; i++)
        {
            var ids = Enumerable.Range(0, random.Next(5) == 0 ? 3 : 1).Select(n => $"{number}-{i}-{n}").ToArray();
            try
            {
                await client.SendAsync(string.Concat(ids.Select(id => Request(random, id))));
                if (random.Next(30) == 0)
                {
                    outcomes.AddOrUpdate("left", 1, (_, n) => n + 1);
                    client.Reset();
                    client = await fixture.ConnectAsync();
                    continue;
                }

                foreach (var id in ids)
                {
                    var response = await client.ReadResponseAsync();
                    outcomes.AddOrUpdate(response.Complete ? $"{response.Status}" : "cut", 1, (_, n) => n + 1);
                    if (response is { Status: 200, Complete: true } && !response.BodyText.StartsWith($"/echo/{id} body-{id} ", StringComparison.Ordinal))
                    {
                        wrong.Enqueue($"{id} got {response.BodyText[..Math.Min(60, response.BodyText.Length)]}");
                    }

                    if (response is { Status: not (200 or 502 or 503 or 504), Complete: true })
                    {
                        wrong.Enqueue($"{id} got {response.Head}");
                    }

                    if (!response.Complete || response["Connection"] == "close")
                    {
                        throw new EndOfStreamException();
                    }
                }
            }
            catch (Exception e) when (e is EndOfStreamException or SocketException)
            {
                await client.DisposeAsync();
                client = await fixture.ConnectAsync();
            }
        }

        await client.DisposeAsync();
    }

    private static string Request(Random random, string id)
    {
        var body = $"body-{id}";
        return random.Next(4) switch
        {
            0 => $"POST /echo/{id} HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}",
            1 => $"PUT /echo/{id} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{TestBytes.Text(TestBytes.Chunked(Encoding.ASCII.GetBytes(body), "", 3))}",
            2 => $"DELETE /echo/{id} HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\nX-Pad: {new string('x', random.Next(2000))}\r\n\r\n{body}",
            _ => $"GET /echo/{id} HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}",
        };
    }
}
