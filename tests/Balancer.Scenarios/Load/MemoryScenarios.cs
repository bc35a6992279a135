using Balancer.Harness;
using Xunit.Abstractions;

namespace Balancer.Load;

/// <summary>What clients cost that are idle or slow.</summary>
[Collection(HeavyLoad.Name)]
public sealed class MemoryScenarios(ITestOutputHelper output)
{
    private static string Toml(int port, TestUpstream upstream) => $$"""
        [upstream.pool]
        keepalive = 64
        server = ["{{upstream.Address}}"]

        [[server]]
        listen = "127.0.0.1:{{port}} backlog=4096"
        access_log = "off"
        keepalive_timeout = "10m"
        client_max_body_size = 0

          [[server.location]]
          path = "/"
          proxy_pass = "http://pool"
        """;

    private static async Task<long> SettledAsync(GatewayProcess gateway)
    {
        // The collector gives memory back in its own time: the smallest of several readings is what is really held.
        var least = long.MaxValue;
        for (var i = 0; i < 10; i++)
        {
            await Task.Delay(200);
            least = Math.Min(least, gateway.Process.ResidentBytes);
        }

        return least;
    }

    [Fact]
    public async Task Ten_thousand_idle_connections_cost_at_most_6_KB_each()
    {
        const int Count = 10_000;
        await using var upstream = TestUpstream.Start();
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream));
        var clients = new List<RawClient>();
        try
        {
            async Task OpenAsync(int count)
            {
                for (var i = 0; i < count; i += 50)
                {
                    var batch = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RawClient.ConnectAsync(port)));
                    clients.AddRange(batch);
                    await Task.WhenAll(batch.Select(async c =>
                    {
                        await c.SendAsync("GET /idle HTTP/1.1\r\nHost: a\r\n\r\n");
                        Assert.Equal(200, (await c.ReadResponseAsync()).Status);
                    }));
                }
            }

            // The code is compiled anew when it has run often: that must be over before the first reading.
            for (var i = 0; i < 10; i++)
            {
                await OpenAsync(100);
                foreach (var client in clients)
                {
                    await client.DisposeAsync();
                }

                clients.Clear();
            }

            await OpenAsync(500);
            var before = await SettledAsync(gateway);
            await OpenAsync(Count);
            var each = (await SettledAsync(gateway) - before) / (double)Count;
            output.WriteLine($"{each:F0} bytes a connection");
            Assert.True(each <= 6 * 1024, $"{each:F0} bytes each");

            // They are alive.
            foreach (var client in clients.Where((_, i) => i % 500 == 0))
            {
                await client.SendAsync("GET /awake HTTP/1.1\r\nHost: a\r\n\r\n");
                Assert.Equal(200, (await client.ReadResponseAsync()).Status);
            }
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Clients_that_read_nothing_of_large_responses_hold_bounded_memory()
    {
        const int Count = 200;
        const int Size = 10_000_000;
        await using var upstream = TestUpstream.Start();
        var block = new byte[100_000];
        upstream.On("/large", async x =>
        {
            await x.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Size}\r\n\r\n");
            for (var i = 0; i < Size / block.Length && await x.Connection.SendAsync(block); i++)
            {
            }
        });
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream));
        Assert.Equal(200, (await RawClient.GetAsync(port, "/warm")).Status);
        var before = gateway.Process.ResidentBytes;
        var clients = new List<RawClient>();
        try
        {
            for (var i = 0; i < Count; i++)
            {
                var client = await RawClient.ConnectAsync(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port), receiveBuffer: 4096);
                clients.Add(client);
                await client.SendAsync("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
            }

            await upstream.WaitForRequestsAsync("/large", Count);
            foreach (var client in clients)
            {
                Assert.Equal(200, (await client.ReadHeadAsync()).Status);
            }

            await gateway.Process.WaitUntilIdleAsync();
            var grown = gateway.Process.ResidentBytes - before;
            output.WriteLine($"{grown / Count} bytes a client");
            Assert.True(grown < 64L * 1024 * 1024, $"{grown / Count} bytes a client, {grown} in all");

            // Somebody who reads gets all of it, and others are served meanwhile.
            Assert.Equal(200, (await RawClient.GetAsync(port, "/meanwhile")).Status);
            Assert.Equal(Size, (await clients[^1].ReadTextAsync(Size)).Length);
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Slow_upstream_servers_hold_bounded_memory()
    {
        const int Count = 100;
        await using var upstream = TestUpstream.Start();
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.On("/deaf", x => over.Task);
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream));
        Assert.Equal(200, (await RawClient.GetAsync(port, "/warm")).Status);
        var before = gateway.Process.ResidentBytes;
        var clients = new List<RawClient>();
        var sending = new List<Task>();
        try
        {
            for (var i = 0; i < Count; i++)
            {
                var client = await RawClient.ConnectAsync(port);
                clients.Add(client);
                await client.SendAsync("POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n");
                sending.Add(client.Socket.SendAsync(new byte[10_000_000]));
            }

            await upstream.WaitForRequestsAsync("/deaf", Count);
            await gateway.Process.WaitUntilIdleAsync();
            var grown = gateway.Process.ResidentBytes - before;
            output.WriteLine($"{grown / Count} bytes a client");
            Assert.True(grown < 48L * 1024 * 1024, $"{grown / Count} bytes a client, {grown} in all");
            Assert.Equal(200, (await RawClient.GetAsync(port, "/meanwhile")).Status);
        }
        finally
        {
            over.SetResult();
            foreach (var client in clients)
            {
                client.Reset();
            }

            await Task.WhenAll(sending).ContinueWith(t => t.Exception, TaskScheduler.Default);
        }
    }
}
