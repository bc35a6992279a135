using Balancer.Configuration;
using static Balancer.Upstreams.TestPool;

namespace Balancer.Upstreams.Balancing;

/// <summary>
/// A random pool and a random history of requests, failures, retries and time, played to ours and to nginx's algorithm: every pick must be the same.
/// </summary>
internal sealed class PickScript
{
    private readonly int _seed;
    private readonly Random _random;
    private readonly TestPool _ours;
    private readonly NginxPool _nginx;
    private readonly List<(PickContext Ours, UpstreamServer OurServer, NginxRequest Nginx, NginxServer NginxServer)> _running = [];
    private readonly double _failing;
    private readonly int _concurrency;
    private int _picks;

    public PickScript(int seed, BalancingMethod method)
    {
        _seed = seed;
        _random = new Random(seed);
        var config = RandomPool() with { Balancing = new BalancingConfig { Method = method } };
        _ours = new TestPool(config);
        _nginx = new NginxPool(config);
        _failing = _random.Next(4) switch { 0 => 0, 1 => 0.002, 2 => 0.05, _ => 0.4 };
        _concurrency = _random.Next(3) switch { 0 => 1, 1 => 8, _ => 100 };
    }

    public void Run()
    {
        while (_picks < 6000)
        {
            var phase = _random.Next(10) == 0 ? 1.0 : _failing;
            for (var steps = _random.Next(1, 400); steps > 0; steps--)
            {
                Step(_random.Next(3) == 0 ? phase : 0);
            }

            if (_random.Next(3) == 0)
            {
                _ours.Advance(_random.Next(3) switch { 0 => _random.Next(50), 1 => _random.Next(3000), _ => 30_000 });
            }
        }
    }

    private void Step(double failing)
    {
        if (_running.Count < _concurrency && (_running.Count == 0 || _random.Next(2) == 0))
        {
            var maxTries = _random.Next(4);
            var ours = _ours.Begin(maxTries);
            var nginx = _nginx.Begin(maxTries);
            Pick(ours, nginx);
            return;
        }

        var position = _random.Next(_running.Count);
        var (context, server, request, nginxServer) = _running[position];
        _running.RemoveAt(position);
        var failed = _random.NextDouble() < failing;
        _ours.Upstream.Release(server, context, failed ? PickOutcome.Failed : PickOutcome.Success, PickTiming.None);
        _nginx.Free(request, nginxServer, failed, _ours.Clock.Milliseconds);
        Assert.Equal(request.Tries, context.TriesLeft);
        if (failed && context.TriesLeft > 0)
        {
            Pick(context, request);
        }
    }

    private void Pick(PickContext context, NginxRequest request)
    {
        _picks++;
        var server = _ours.Upstream.Pick(context);
        var expected = _nginx.Get(request, _ours.Clock.Milliseconds);
        if (_ours.IndexOf(server) != (expected?.Index ?? -1))
        {
            Assert.Fail($"seed {_seed}, pick {_picks}: nginx picks {expected?.Index ?? -1}, ours {_ours.IndexOf(server)}");
        }

        if (server is not null)
        {
            Assert.Equal(expected!.Conns, server.State.Conns);
            _running.Add((context, server, request, expected!));
        }
    }

    private UpstreamConfig RandomPool()
    {
        var count = _random.Next(6) switch { 0 => 1, 1 => 2, 2 => 3, 3 => _random.Next(4, 20), 4 => _random.Next(20, 70), _ => _random.Next(70, 150) };
        var greatestWeight = _random.Next(4) switch { 0 => 1, 1 => 5, 2 => 100, _ => 5000 };
        var limits = _random.Next(3) == 0;
        var backups = _random.Next(3) == 0;
        var downs = _random.Next(4) == 0;
        return Config([.. Enumerable.Range(0, count).Select(i => Server(
            weight: _random.Next(1, greatestWeight + 1),
            maxFails: _random.Next(5) switch { 0 => 0, 1 => 1, 2 => 2, 3 => 3, _ => 10 },
            failTimeout: _random.Next(3) switch { 0 => 100, 1 => 1000, _ => 10_000 },
            maxConns: limits ? _random.Next(0, 12) : 0,
            backup: backups && i > 0 && _random.Next(4) == 0,
            down: downs && _random.Next(4) == 0))]);
    }
}
