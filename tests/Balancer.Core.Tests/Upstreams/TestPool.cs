using System.Net;
using Balancer.Configuration;
using Balancer.Infrastructure;
using Balancer.Upstreams.Resolution;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Upstreams;

/// <summary>A pool on a fake clock, its servers at 10.0.0.1:80 and upwards.</summary>
internal sealed class TestPool
{
    public TestPool(UpstreamConfig config, ILoggerFactory? loggers = null)
    {
        Clock = new CoarseClock(Time);
        Upstream = new Upstream(config, [.. config.Servers.Select((server, i) => new ResolvedServer(server, EndPointOf(i)))], null, new UpstreamServices(Clock, loggers ?? NullLoggerFactory.Instance));
        Upstream.Activate(null);
    }

    public TestPool(params int[] weights)
        : this(Config([.. weights.Select(weight => Server(weight))]))
    {
    }

    public FakeTimeProvider Time { get; } = new();

    public CoarseClock Clock { get; }

    public Upstream Upstream { get; }

    public UpstreamServer this[int index] => Upstream.Servers.All[index];

    public static UpstreamConfig Config(params UpstreamServerConfig[] servers) => new()
    {
        Name = "pool",
        Location = SourceLocation.None,
        Servers = [.. servers.Select((server, i) => server.Address.Length > 0 ? server : server with { Address = EndPointOf(i).ToString() })],
    };

    public static UpstreamServerConfig Server(int weight = 1, int maxFails = 1, int failTimeout = 10_000, int maxConns = 0, bool backup = false, bool down = false, int slowStart = 0) => new()
    {
        Source = SourceLocation.None,
        Address = "",
        Host = "10.0.0.1",
        Weight = weight,
        MaxFails = maxFails,
        FailTimeout = TimeSpan.FromMilliseconds(failTimeout),
        MaxConns = maxConns,
        Backup = backup,
        Down = down,
        SlowStart = TimeSpan.FromMilliseconds(slowStart),
    };

    public static IPEndPoint EndPointOf(int index) => new(new IPAddress([10, 0, (byte)(index >> 8), (byte)(index + 1)]), 80);

    public void Advance(int milliseconds)
    {
        Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        Clock.Refresh();
    }

    public PickContext Begin(int maxTries = 0)
    {
        var context = new PickContext();
        Upstream.Begin(context, maxTries);
        return context;
    }

    public int IndexOf(UpstreamServer? server) => Array.IndexOf(Upstream.Servers.All, server);

    /// <summary>One request that succeeds at once; the index of the server that took it, or -1.</summary>
    public int Serve() => Serve(PickOutcome.Success);

    /// <summary>One request with one try that ends at once; the index of the server that took it, or -1.</summary>
    public int Serve(PickOutcome outcome)
    {
        var context = Begin();
        var server = Upstream.Pick(context);
        if (server is not null)
        {
            Upstream.Release(server, context, outcome, PickTiming.None);
        }

        return IndexOf(server);
    }

    public int[] Serve(int requests, PickOutcome outcome = PickOutcome.Success) => [.. Enumerable.Range(0, requests).Select(_ => Serve(outcome))];
}
