using System.Net;
using Balancer.Configuration;
using Balancer.Infrastructure;
using Balancer.Proxy;
using Balancer.Upstreams;

namespace Balancer.TestSupport;

/// <summary>A whole gateway in this process, on ports of 127.0.0.1 that the system chooses.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private TestGateway(GatewayHost host, LogCapture log, FakeTimeProvider? time)
    {
        Host = host;
        Log = log;
        Time = time;
    }

    public GatewayHost Host { get; }

    public LogCapture Log { get; }

    /// <summary>The clock, when the test holds it.</summary>
    public FakeTimeProvider? Time { get; }

    /// <summary>Where the first listener is bound.</summary>
    public EndPoint EndPoint => Host.Listeners[0].EndPoint;

    public Upstream Pool => Host.Pools[0];

    /// <summary>Starts a gateway from the text of a configuration.</summary>
    public static async Task<TestGateway> StartAsync(string toml, FakeTimeProvider? time = null, LogCapture? log = null)
    {
        log ??= new LogCapture();
        var config = ConfigurationText.LoadGood(toml);

        // Not on the synchronisation context of the test framework: what starts here lives on.
        var host = await Task.Run(() => GatewayHost.StartAsync(config, log, time ?? TimeProvider.System, CancellationToken.None));
        return new TestGateway(host, log, time);
    }

    /// <summary>Starts a gateway that passes everything on.</summary>
    /// <param name="upstreams">The servers of its one pool.</param>
    /// <param name="location">More keys of the location.</param>
    /// <param name="pool">More keys of the pool.</param>
    /// <param name="server">More keys of the server.</param>
    /// <param name="top">More keys of the top level.</param>
    /// <param name="parameters">Parameters of each server line.</param>
    /// <param name="time">The clock.</param>
    public static Task<TestGateway> StartAsync(
        IEnumerable<ScriptedUpstream> upstreams,
        string location = "",
        string pool = "",
        string server = "",
        string top = "",
        string parameters = "",
        FakeTimeProvider? time = null) =>
        StartAsync(Toml(upstreams.Select(u => u.Address), location, pool, server, top, parameters), time);

    public static Task<TestGateway> StartAsync(ScriptedUpstream upstream, string location = "", string pool = "", string server = "", string top = "", string parameters = "", FakeTimeProvider? time = null) =>
        StartAsync([upstream], location, pool, server, top, parameters, time);

    public static string Toml(IEnumerable<string> upstreams, string location = "", string pool = "", string server = "", string top = "", string parameters = "") => $$"""
        {{top}}
        [upstream.pool]
        {{pool}}
        server = [{{string.Join(", ", upstreams.Select(u => $"\"{u} {parameters}\""))}}]

        [[server]]
        listen = "127.0.0.1:0"
        {{server}}

          [[server.location]]
          path = "/"
          proxy_pass = "http://pool"
          {{location}}
        """;

    public Task<Wire> ConnectAsync() => Wire.ConnectAsync(EndPoint);

    public async Task<IReadOnlyList<ConfigError>> ReloadAsync(string toml)
    {
        var config = ConfigurationText.LoadGood(toml);
        return await Task.Run(() => Host.ReloadAsync(config, CancellationToken.None));
    }

    /// <summary>One request on a connection of its own.</summary>
    public async Task<WireMessage> SendAsync(string request, bool isBodyless = false)
    {
        using var client = await ConnectAsync();
        await client.SendAsync(request);
        return await client.ReadResponseAsync(isBodyless);
    }

    public Task<WireMessage> GetAsync(string target = "/") => SendAsync($"GET {target} HTTP/1.1\r\nHost: test\r\n\r\n");

    /// <summary>Lets the clock run, a beat at a time, until a task is done.</summary>
    public async Task<T> RunClockAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            Time!.Advance(TimeSpan.FromMilliseconds(Heartbeat.PeriodMilliseconds));
            await Task.WhenAny(task, Task.Delay(1));
        }

        return await task;
    }

    public async Task RunClockAsync(Task task)
    {
        async Task<int> Wait()
        {
            await task;
            return 0;
        }

        await RunClockAsync(Wait());
    }

    /// <summary>Waits until nothing runs any more: every place on a server was given back, every request has ended.</summary>
    public async Task IdleAsync() => await Eventually.TrueAsync(
        () => Host.RequestsRunning == 0 && Host.Pools.All(p => p.Servers.All.All(s => s.State.Conns == 0 && s.State.Connections.Idle == s.State.Connections.Open)),
        () => $"requests running {Host.RequestsRunning}; " + string.Join("; ", Host.Pools.SelectMany(p => p.Servers.All).Select(s => $"{s}: conns {s.State.Conns}, open {s.State.Connections.Open}, idle {s.State.Connections.Idle}")));

    /// <summary>Checks that nothing was left behind and nothing went wrong inside, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await IdleAsync();
        AssertNoFault();
        await Host.DisposeAsync();
        AssertNoFault();
    }

    private void AssertNoFault()
    {
        if (Log.Named("request-fault").ToArray() is { Length: > 0 } faults)
        {
            Assert.Fail(string.Join("\n", faults));
        }
    }
}
