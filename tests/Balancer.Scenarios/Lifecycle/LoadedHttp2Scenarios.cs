using System.Text.RegularExpressions;
using Balancer.Harness;
using Balancer.Tls;

namespace Balancer.Lifecycle;

/// <summary>Reload and stop under HTTP/2 and WebSockets over TLS lose no request and no socket.</summary>
[Collection(HeavyLoad.Name)]
public sealed partial class LoadedHttp2Scenarios : IDisposable
{
    private const int Sockets = 200;

    private readonly CertificateFiles _certificates = new();

    public LoadedHttp2Scenarios() => _certificates.Issue("a", "a.test");

    [RequiresTool("nginx", "h2load")]
    public async Task Hundred_reloads_fail_no_request_and_drop_no_socket()
    {
        int first = Ports.Next(), second = Ports.Next(), port = Ports.Next(), extra = Ports.Next();
        await using var nginx = await StartNginxAsync(first, second);
        await using var upstream = TestUpstream.Start();
        upstream.On("/ws", async x =>
        {
            await x.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
            while (await x.Connection.Reader.ReadSomeAsync() is { Length: > 0 } bytes)
            {
                await x.Connection.SendAsync(bytes);
            }

            x.Connection.Close();
        });
        string[] files = [Toml(port, upstream, [first]), Toml(port, upstream, [first, second], extra)];
        await using var gateway = await GatewayProcess.StartAsync(files[0]);
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var opened = new CountdownEvent(Sockets);
        var sockets = Enumerable.Range(0, Sockets).Select(n => TalkAsync(port, n, opened, over.Task)).ToArray();
        await Deadline.UntilAsync(() => opened.IsSet || sockets.Any(s => s.IsFaulted), () => $"{opened.CurrentCount} sockets are still to be opened", TimeSpan.FromSeconds(60));
        var load = H2Load.RunUntilAsync(over.Task, $"https://127.0.0.1:{port}/", 4, 16);
        for (var i = 1; i <= 100; i++)
        {
            gateway.WriteConfig(files[i % 2]);
            await gateway.ReloadAsync();
        }

        var metrics = await gateway.ScrapeAsync();
        over.SetResult();
        var result = await load;
        var rounds = await Task.WhenAll(sockets);

        Assert.Equal(1, metrics.Sum("balancer_config_last_reload_successful"));
        Assert.Equal(Sockets, metrics.Sum("balancer_downstream_tunnels_active"));
        Assert.Equal((result.Total, result.Total, 0), (result.Succeeded, result.Status2xx, result.Failures));
        Assert.All(rounds, r => Assert.True(r > 1, $"a socket has talked {r} times only"));
        Assert.Equal(Sockets, upstream.RequestsFor("/ws").Length);
    }

    [RequiresTool("nginx", "h2load")]
    public async Task Stop_loses_no_request_that_was_sent()
    {
        int upstream = Ports.Next(), port = Ports.Next();
        await using var nginx = await StartNginxAsync(upstream);
        await using var none = TestUpstream.Start();
        await using var gateway = await GatewayProcess.StartAsync("access_log = \"DIR/access.log\"\n" + Toml(port, none, [upstream]));
        var load = ChildProcess.RunAsync(Tools.Get("h2load"), ["-t1", "-D", "10", "-c", "8", "-m", "16", $"https://127.0.0.1:{port}/"], limit: TimeSpan.FromSeconds(60));
        await Deadline.UntilAsync(async () => (await gateway.ScrapeAsync()).Sum("balancer_http_requests_total", "code=2xx") > 300, () => "the load runs");
        Assert.False(load.IsCompleted, "the load was over before the stop");
        gateway.Process.Signal(UnixSignal.Term);
        Assert.Equal(0, await gateway.WaitForExitAsync(TimeSpan.FromSeconds(12)));
        var (_, output) = await load;

        // What h2load had put into its own queue when it was told to open no more streams never left, and counts as an error there. All that came was answered, and arrived.
        var counts = Counts().Match(output);
        Assert.True(counts.Success, output);
        var logged = await File.ReadAllLinesAsync(gateway.FilePath("access.log"));
        Assert.All(logged, line => Assert.Contains("\" 200 ", line));
        Assert.Equal(counts.Groups[1].Value, $"{logged.Length}");
        Assert.Contains(" 0 timeout", output);
        Assert.Contains(" 0 3xx, 0 4xx, 0 5xx", output);
    }

    public void Dispose() => _certificates.Dispose();

    [GeneratedRegex(@"\d+ done, (\d+) succeeded")]
    private static partial Regex Counts();

    private static Task<NginxProcess> StartNginxAsync(params int[] ports) => NginxProcess.StartAsync(
        "keepalive_requests 1000000;" + string.Concat(ports.Select(p => $"server {{ listen 127.0.0.1:{p}; location / {{ return 200 {p}; }} }}")));

    /// <summary>Opens a WebSocket and talks to its echo until the end; gives how many times.</summary>
    private static async Task<int> TalkAsync(int port, int number, CountdownEvent opened, Task end)
    {
        await using var client = await TlsClient.ConnectAsync(port, "a.test");
        await client.SendAsync("GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
        Assert.Equal(101, (await client.ReadHeadAsync()).Status);
        opened.Signal();
        for (var round = 0; ; round++)
        {
            var text = $"socket {number} round {round}";
            await client.SendAsync(text);
            Assert.Equal(text, await client.ReadTextAsync(text.Length));
            if (end.IsCompleted)
            {
                return round;
            }

            await Task.WhenAny(end, Task.Delay(50));
        }
    }

    private string Toml(int port, TestUpstream sockets, int[] upstreams, int? extra = null) => $$"""
        worker_shutdown_timeout = "10s"
        {{_certificates.Lines("a")}}
        keepalive_requests = 1000000

        [upstream.pool]
        keepalive = 128
        server = [{{string.Join(", ", upstreams.Select(p => $"\"127.0.0.1:{p}\""))}}]

        [upstream.sockets]
        server = ["{{sockets.Address}}"]

        [[server]]
        listen = [{{(extra is null ? "" : $"\"127.0.0.1:{extra} ssl\", ")}}"127.0.0.1:{{port}} ssl"]
        http2 = true

          [[server.location]]
          path = "/"
          proxy_pass = "http://pool"

          [[server.location]]
          path = "/ws"
          proxy_pass = "http://sockets"
        """;
}
