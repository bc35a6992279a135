using System.Net;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;
using Balancer.Limits;
using BenchmarkDotNet.Attributes;

namespace Balancer.Benchmarks;

/// <summary>What limits cost a request, for a key that is asked again and again and for new keys in a full zone.</summary>
[MemoryDiagnoser]
public class LimitBenchmarks
{
    private readonly HttpExchange _exchange = new();
    private readonly HttpExchange[] _others = new HttpExchange[1 << 16];
    private readonly RequestZone _zone = new("z", "$binary_remote_addr", 10 << 20);
    private readonly ConnectionZone _connections = new("c", "$binary_remote_addr", 10 << 20);
    private readonly LimitClock _clock = new(TimeProvider.System);
    private RequestLimiter _generous = null!;
    private RequestLimiter _refusing = null!;
    private RequestLimiter _crowded = null!;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        var key = TextTemplate.Compile(new ConfigText("$binary_remote_addr", SourceLocation.None), new VariableScope(new WallClock(TimeProvider.System)), new List<ConfigError>());
        _generous = new RequestLimiter([Rule(_zone, new RequestRate(1_000_000, 1000), 1_000_000)], isDryRun: false);
        _refusing = new RequestLimiter([Rule(new RequestZone("r", "", 1 << 20), new RequestRate(1, 86_400_000), 0)], isDryRun: false);
        _crowded = new RequestLimiter([Rule(new RequestZone("f", "", 256 * 1024), new RequestRate(1, 86_400_000), 0)], isDryRun: false);
        _exchange.Client = new ClientAddress(IPAddress.Parse("203.0.113.7"), 1);
        for (var i = 0; i < _others.Length; i++)
        {
            _others[i] = new HttpExchange { Client = new ClientAddress(new IPAddress(i + 1), 1) };
        }

        RequestRule Rule(RequestZone zone, RequestRate rate, long burst) => new() { Zone = zone, Key = key, Rate = rate, Burst = burst * RequestRate.One, Delay = long.MaxValue };
    }

    [Benchmark(Baseline = true)]
    public long Passed() => _generous.Decide(_exchange, _clock.Milliseconds).Excess;

    [Benchmark]
    public long Refused() => _refusing.Decide(_exchange, _clock.Milliseconds).Excess;

    [Benchmark]
    public long New_key_in_a_full_zone() => _crowded.Decide(_others[_next++ & (_others.Length - 1)], _clock.Milliseconds).Excess;

    [Benchmark]
    public void Connection()
    {
        if (_connections.Enter(_exchange.Client.Binary, 10, out var place) == ConnectionDecision.Entered)
        {
            _connections.TakeBack(place);
        }
    }
}
