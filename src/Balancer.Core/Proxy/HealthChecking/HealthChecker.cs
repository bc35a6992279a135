using Balancer.Infrastructure;
using Balancer.Upstreams;
using Balancer.Upstreams.Health;

namespace Balancer.Proxy.HealthChecking;

/// <summary>Runs one check on all servers of a pool, each every <c>interval</c>. A server that takes longer than that is asked again when it is done.</summary>
internal sealed class HealthChecker : IServerWatcher, IAsyncDisposable
{
    private readonly GatewayServices _services;
    private readonly CancellationTokenSource _stop = new();
    private readonly HealthProbe _probe;
    private readonly Dictionary<UpstreamServerState, CheckedServer> _servers = [];
    private readonly Lock _gate = new();
    private volatile HealthCheck _check;
    private Task? _running;

    public HealthChecker(HealthCheck check, GatewayServices services)
    {
        _check = check;
        _services = services;
        _probe = new HealthProbe(services);
        check.Upstream.Watch(this);
    }

    /// <summary>Goes by a new snapshot of the same check; false when its pool is another one by now.</summary>
    public bool TryContinue(HealthCheck check)
    {
        if (check.Upstream.State != _check.Upstream.State)
        {
            return false;
        }

        _check = check;
        return true;
    }

    /// <summary>Begins, if it has not.</summary>
    public void Start() => _running ??= Task.Run(RunAsync);

    /// <summary>Ends: servers that this check alone held out are let in.</summary>
    public void Stop() => _ = StopAsync();

    /// <inheritdoc/>
    public void Meet(UpstreamServerSet servers)
    {
        lock (_gate)
        {
            foreach (var server in servers.All)
            {
                if (_servers.ContainsKey(server.State))
                {
                    continue;
                }

                var known = new CheckedServer(server.State, _check.Config.Fails, _check.Config.Passes);
                _servers.Add(server.State, known);
                if (_check.Config.Mandatory)
                {
                    known.RequirePass(_check.Upstream);
                }
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(StopAsync());

    private async Task StopAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        var upstream = _check.Upstream;
        await _stop.CancelAsync();
        upstream.Unwatch(this);
        if (_running is not null)
        {
            await _running;
        }

        foreach (var server in Known())
        {
            server.Release(upstream);
        }

        _probe.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_check.Config.Interval, _services.Time);
        var checks = new List<Task>();
        try
        {
            do
            {
                checks.RemoveAll(static check => check.IsCompleted);
                checks.AddRange(BeginRound());
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(checks);
        }
    }

    /// <summary>Forgets servers that have left, and begins a check of each that has none running.</summary>
    private List<Task> BeginRound()
    {
        var check = _check;
        var servers = check.Upstream.Servers.All;
        var begun = new List<(UpstreamServer Server, CheckedServer Known)>();
        lock (_gate)
        {
            var staying = servers.Select(static server => server.State).ToHashSet();
            foreach (var left in _servers.Keys.Where(state => !staying.Contains(state)).ToArray())
            {
                _servers.Remove(left);
            }

            foreach (var server in servers)
            {
                if (!server.Config.Down && _servers.TryGetValue(server.State, out var known) && !known.IsBusy)
                {
                    known.IsBusy = true;
                    begun.Add((server, known));
                }
            }
        }

        return [.. begun.Select(one => CheckAsync(check, one.Server, one.Known))];
    }

    private async Task CheckAsync(HealthCheck check, UpstreamServer server, CheckedServer known)
    {
        try
        {
            if (check.Config.Jitter > TimeSpan.Zero)
            {
                await Task.Delay(check.Config.Jitter * Random.Shared.NextDouble(), _services.Time, _stop.Token);
            }

            var reason = await _probe.AskAsync(check, server, _stop.Token);
            if (!_stop.IsCancellationRequested)
            {
                known.Note(check.Upstream, server.Address, reason, _services.Upstreams.Logger);
            }
        }
        catch (OperationCanceledException)
        {
            // The check has ended.
        }
        catch (Exception e)
        {
            _services.Log.Fault(e);
        }
        finally
        {
            lock (_gate)
            {
                known.IsBusy = false;
            }
        }
    }

    private CheckedServer[] Known()
    {
        lock (_gate)
        {
            return [.. _servers.Values];
        }
    }
}
