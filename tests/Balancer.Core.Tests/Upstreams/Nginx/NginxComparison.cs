using System.Net;
using System.Text;
using Balancer.Configuration;
using Balancer.Http;

namespace Balancer.Upstreams.Nginx;

/// <summary>The same requests to a real nginx and to a pool of ours: both must try the same servers in the same order.</summary>
internal sealed class NginxComparison : IAsyncDisposable
{
    private readonly List<FaultyServer> _servers;
    private readonly NginxProcess _nginx;
    private readonly TestPool _ours;
    private long _second;

    private NginxComparison(List<FaultyServer> servers, NginxProcess nginx, TestPool ours)
    {
        _servers = servers;
        _nginx = nginx;
        _ours = ours;
    }

    /// <summary>Whether a second passed in the middle of a request, so that it is unknown which second nginx decided in.</summary>
    public bool IsAmbiguous { get; private set; }

    public FaultyServer this[int index] => _servers[index];

    /// <summary>Starts both.</summary>
    /// <param name="method">nginx's directive for the method; empty for round robin.</param>
    /// <param name="balancing">Ours.</param>
    /// <param name="configs">The servers; <c>weight=</c> and the other parameters are told to nginx.</param>
    public static async Task<NginxComparison> StartAsync(string method, BalancingConfig balancing, params UpstreamServerConfig[] configs)
    {
        var servers = configs.Select(_ => new FaultyServer()).ToList();
        var lines = configs.Select((config, i) => $"server {{{i}}} {Parameters(config)};");
        var nginx = await NginxProcess.StartAsync($"{method}\n{string.Join('\n', lines)}", servers);
        var ours = TestPool.Config([.. configs.Select((config, i) => config with { Address = servers[i].EndPoint.ToString() })]) with { Balancing = balancing };
        return new NginxComparison(servers, nginx, new TestPool(ours));
    }

    /// <summary>Sends requests one after the other and compares each.</summary>
    public async Task CompareAsync(int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            await CompareAsync("/", "192.0.2.1");
        }
    }

    /// <summary>Sends one request and compares.</summary>
    public async Task CompareAsync(string target, string client)
    {
        var answer = await _nginx.RequestAsync(target, client);
        IsAmbiguous |= answer.Started != answer.Ended && _servers.Any(server => server.IsDead);
        if (_second == 0)
        {
            _second = answer.Ended;
        }

        _ours.Advance((int)(answer.Ended - _second) * 1000);
        _second = answer.Ended;
        var tried = Serve(target, client);
        if (!IsAmbiguous)
        {
            Assert.Equal(answer.Servers, tried);
        }
    }

    /// <summary>Waits until nginx's clock has gone on by whole seconds.</summary>
    public async Task WaitAsync(int seconds)
    {
        var until = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds;
        while (DateTimeOffset.UtcNow.ToUnixTimeSeconds() < until)
        {
            await Task.Delay(20);
        }
    }

    public ValueTask DisposeAsync() => _nginx.DisposeAsync();

    private static string Parameters(UpstreamServerConfig config) =>
        $"weight={config.Weight} max_fails={config.MaxFails} fail_timeout={(long)config.FailTimeout.TotalSeconds}s{(config.Backup ? " backup" : "")}{(config.Down ? " down" : "")}";

    private int[] Serve(string target, string client)
    {
        var context = _ours.Begin();
        context.Client = new ClientAddress(IPAddress.Parse(client), 1);
        context.SetKey(Encoding.ASCII.GetBytes(target));
        var tried = new List<int>();
        while (true)
        {
            var server = _ours.Upstream.Pick(context);
            tried.Add(_ours.IndexOf(server));
            if (server is null)
            {
                break;
            }

            var failed = _servers[tried[^1]].IsDead;
            _ours.Upstream.Release(server, context, failed ? PickOutcome.Failed : PickOutcome.Success, PickTiming.None);
            if (!failed || context.TriesLeft == 0)
            {
                break;
            }
        }

        return [.. tried];
    }
}
