using System.Net;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Upstreams;
using Balancer.Upstreams.Resolution;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Benchmarks;

/// <summary>A pick and its release by every method, per request, with 64 requests running as under steady load.</summary>
[MemoryDiagnoser]
public class BalancingBenchmarks
{
    private const int Running = 64;

    private readonly PickContext[] _contexts = new PickContext[Running];
    private readonly UpstreamServer[] _servers = new UpstreamServer[Running];
    private readonly byte[] _key = "/item/0000"u8.ToArray();
    private Upstream _upstream = null!;
    private int _next;

    /// <summary>How many servers the pool has.</summary>
    [Params(5, 100, 1000)]
    public int Servers { get; set; }

    /// <summary>The method, and what state the pool is in.</summary>
    [Params("round_robin", "round_robin uneven", "round_robin recovering", "least_conn", "least_conn uneven", "least_time", "ip_hash", "hash", "hash consistent", "random", "random two")]
    public string Method { get; set; } = "";

    /// <summary>Fills the pool with running requests.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var balancing = Method switch
        {
            "least_conn" or "least_conn uneven" => new BalancingConfig { Method = BalancingMethod.LeastConnections },
            "least_time" => new BalancingConfig { Method = BalancingMethod.LeastTime },
            "ip_hash" => new BalancingConfig { Method = BalancingMethod.IpHash },
            "hash" => new BalancingConfig { Method = BalancingMethod.Hash },
            "hash consistent" => new BalancingConfig { Method = BalancingMethod.Hash, HashConsistent = true },
            "random" => new BalancingConfig { Method = BalancingMethod.Random },
            "random two" => new BalancingConfig { Method = BalancingMethod.Random, RandomTwo = true },
            _ => new BalancingConfig(),
        };
        _upstream = Pool(Servers, balancing, Method.EndsWith("uneven", StringComparison.Ordinal) ? i => 1009 + (i * 7919 % 5003) : i => 1 + (i % 4), slow: Method == "round_robin recovering");
        var client = new ClientAddress(IPAddress.Parse("192.0.2.77"), 1);
        for (var i = 0; i < Running; i++)
        {
            _contexts[i] = new PickContext { Client = client };
            Pick(i);
        }
    }

    /// <summary>One request ends, one begins.</summary>
    [Benchmark]
    public void PickAndRelease()
    {
        var slot = _next++ & (Running - 1);
        _upstream.Release(_servers[slot], _contexts[slot], PickOutcome.Success, PickTiming.None);
        _key[^1] = (byte)_next;
        Pick(slot);
    }

    private static Upstream Pool(int size, BalancingConfig balancing, Func<int, int> weight, bool slow)
    {
        var servers = Enumerable.Range(0, size).Select(i => new UpstreamServerConfig
        {
            Source = SourceLocation.None,
            Address = $"10.0.{i >> 8}.{i & 255}:80",
            Weight = weight(i),
            MaxConns = 1000,
            SlowStart = slow && i == 0 ? TimeSpan.FromHours(1) : TimeSpan.Zero,
            MaxFails = 1,
            FailTimeout = TimeSpan.FromMilliseconds(1),
        }).ToList();
        var config = new UpstreamConfig { Name = "pool", Location = SourceLocation.None, Balancing = balancing, Servers = servers };
        var clock = new CoarseClock(TimeProvider.System);
        var upstream = new Upstream(config, [.. servers.Select(server => new ResolvedServer(server, IPEndPoint.Parse(server.Address)))], null, new UpstreamServices(clock, NullLoggerFactory.Instance));
        upstream.Activate(null);
        if (slow)
        {
            StartSlowly(upstream, clock);
        }

        return upstream;
    }

    /// <summary>Ejects the first server and brings it back, so that its slow start keeps the pool from picking in advance.</summary>
    private static void StartSlowly(Upstream upstream, CoarseClock clock)
    {
        var context = new PickContext();
        var ejected = false;
        while (upstream.Servers.All[0].State.RampStart == UpstreamServerState.Never)
        {
            clock.Refresh();
            upstream.Begin(context, 0);
            var server = upstream.Pick(context)!;
            var fails = server == upstream.Servers.All[0] && !ejected;
            ejected |= fails;
            upstream.Release(server, context, fails ? PickOutcome.Failed : PickOutcome.Success, PickTiming.None);
        }
    }

    private void Pick(int slot)
    {
        var context = _contexts[slot];
        _upstream.Begin(context, 0);
        if (_upstream.NeedsKey)
        {
            context.SetKey(_key);
        }

        _servers[slot] = _upstream.Pick(context)!;
    }
}
