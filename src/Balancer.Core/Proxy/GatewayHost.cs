using System.Net.Sockets;
using Balancer.Configuration;
using Balancer.Configuration.Values;
using Balancer.Infrastructure;
using Balancer.Observability.Logging;
using Balancer.Observability.Metrics;
using Balancer.Proxy.HealthChecking;
using Balancer.Proxy.SelfProbing;
using Balancer.Tls;
using Balancer.Transport;
using Balancer.Upstreams;
using Microsoft.Extensions.Logging;

namespace Balancer.Proxy;

/// <summary>
/// The running gateway: listeners, the snapshot requests run on, and its replacement at a reload. The daemon drives it; it knows nothing of signals or the command line.
/// </summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private readonly GatewayServices _services;
    private readonly GatewayBuilder _builder;
    private readonly ProxyPipeline _pipeline;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly IDisposable _sweep;
    private readonly BalancerMeter _meter;
    private readonly TlsWatcher _certificates;
    private readonly HealthChecks _health;
    private Dictionary<string, ActiveListener> _listeners = [];
    private readonly RetiredSnapshots _retired;
    private Gateway? _gateway;
    private int _draining;
    private bool _isStopped;

    /// <summary>Listeners that a reload dropped and whose connections still drain.</summary>
    private List<ActiveListener> _dropped = [];

    private GatewayHost(ILoggerFactory loggers, TimeProvider time)
    {
        _services = new GatewayServices(loggers, time, new LogDestinationOpener());
        _retired = new RetiredSnapshots(time, _services.SpanExports);
        _builder = new GatewayBuilder(_services);
        _pipeline = new ProxyPipeline(_services);
        _services.RequestsRunning = () => (Volatile.Read(ref _gateway)?.Requests.Running ?? 0) + _retired.RequestsRunning;
        _services.IsDraining = () => IsDraining;
        _services.Metrics.Add(new UpstreamMetrics(() => Pools));
        _health = new HealthChecks(_services);
        _meter = new BalancerMeter(_services.Metrics, time);
        _certificates = new TlsWatcher(_services.Tls);
        SelfProbe = new SelfProbe(_services);
        _services.Metrics.Add(SelfProbe);
        _sweep = new IdleSweep(_services.Heartbeat, () => Pools);
    }

    /// <summary>All metrics of the gateway.</summary>
    internal MetricsRegistry Metrics => _services.Metrics;

    /// <summary>How loading the configuration went; the daemon notes what it loads.</summary>
    internal ReloadMetrics Reloads => _services.Reloads;

    /// <summary>The counters of the process.</summary>
    internal GatewayMetrics Counters => _services.Counters;

    /// <summary>How many requests run, on any snapshot.</summary>
    internal long RequestsRunning => _services.RequestsRunning();

    /// <summary>The snapshot in use; null before the start is done.</summary>
    internal Gateway? Snapshot => Volatile.Read(ref _gateway);

    /// <summary>The heartbeat, by which a watchdog sees that the process is alive.</summary>
    internal Heartbeat Heartbeat => _services.Heartbeat;

    /// <summary>Sees whether the data path serves, while there are virtual routers.</summary>
    internal SelfProbe SelfProbe { get; }

    /// <summary>The pools of the snapshot in use.</summary>
    internal IReadOnlyList<Upstream> Pools => Volatile.Read(ref _gateway)?.Upstreams.All ?? [];

    /// <summary>The configuration in use.</summary>
    internal GatewayConfig? Config => Volatile.Read(ref _gateway)?.Config;

    /// <summary>The addresses bound, as the system gave them.</summary>
    internal IReadOnlyList<ActiveListener> Listeners => [.. _listeners.Values];

    /// <summary>The listener of an address, in any way <c>listen</c> takes; null when there is none.</summary>
    internal ActiveListener? FindListener(string address) =>
        ListenAddress.TryParse(address, out var endPoint, out _) ? Volatile.Read(ref _listeners).GetValueOrDefault(GatewayBuilder.KeyOf(endPoint)) : null;

    /// <summary>Whether <see cref="StopAsync"/> has begun: probes answer 503 from then on.</summary>
    public bool IsDraining => Volatile.Read(ref _draining) != 0;

    /// <summary>Checks all that a start would, without binding an address or creating a file: variables, upstream names, regular expressions, log files.</summary>
    /// <returns>Every fault found; empty when the configuration would start.</returns>
    public static async Task<IReadOnlyList<ConfigError>> CheckAsync(GatewayConfig config, ILoggerFactory loggers, TimeProvider time, CancellationToken cancel)
    {
        using var services = new GatewayServices(loggers, time, new LogDestinationProbe());
        var errors = new List<ConfigError>();
        var gateway = await new GatewayBuilder(services).BuildAsync(config, null, errors, cancel);
        if (gateway is not null)
        {
            gateway.Upstreams.Retire();
            await gateway.AccessLogs.DisposeAsync();
            await services.SpanExports.ReleaseAsync(gateway.Spans);
        }

        return errors;
    }

    /// <summary>Builds the snapshot, binds all listeners and starts to serve.</summary>
    /// <exception cref="GatewayConfigException">The configuration has faults, or an address cannot be bound; nothing is left running.</exception>
    public static async Task<GatewayHost> StartAsync(GatewayConfig config, ILoggerFactory loggers, TimeProvider time, CancellationToken cancel)
    {
        var host = new GatewayHost(loggers, time);
        var errors = await host.ReloadAsync(config, cancel);
        if (errors.Count > 0)
        {
            await host.DisposeAsync();
            throw new GatewayConfigException(errors);
        }

        return host;
    }

    /// <summary>Replaces the snapshot: new listeners are bound first, dropped ones stop accepting, running requests finish on the old snapshot.</summary>
    /// <returns>Every fault found; when there is any, nothing has changed.</returns>
    public async Task<IReadOnlyList<ConfigError>> ReloadAsync(GatewayConfig config, CancellationToken cancel)
    {
        await _changing.WaitAsync(cancel);
        try
        {
            if (_isStopped)
            {
                return [new ConfigError(SourceLocation.None, "the gateway is stopping")];
            }

            var errors = new List<ConfigError>();
            var gateway = await _builder.BuildAsync(config, _gateway, errors, cancel);
            if (gateway is not null)
            {
                var listeners = new Dictionary<string, ActiveListener>();
                await BindAsync(gateway, listeners, errors);
                if (errors.Count == 0)
                {
                    Activate(gateway, listeners);
                    return errors;
                }

                await gateway.AccessLogs.DisposeAsync();
                await _services.SpanExports.ReleaseAsync(gateway.Spans);
            }

            _services.Traffic.Retain(_gateway?.Servers.SelectMany(server => server.Metrics) ?? []);
            _services.Limits.Retain(_gateway?.LimitZones ?? []);
            return errors;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Opens the access log files anew (after logrotate moved them).</summary>
    public Task ReopenLogsAsync() => _services.AccessLogs.ReopenAsync();

    /// <summary>Stops accepting, lets running requests finish for up to <paramref name="drain"/>, then aborts what is left. Zero aborts at once.</summary>
    /// <param name="drain">How long running requests may take to finish.</param>
    /// <param name="hurry">Ends the drain early.</param>
    /// <returns>How many connections had to be cut.</returns>
    public async Task<int> StopAsync(TimeSpan drain, CancellationToken hurry = default)
    {
        Interlocked.Exchange(ref _draining, 1);
        await _changing.WaitAsync(CancellationToken.None);
        try
        {
            if (_isStopped)
            {
                return 0;
            }

            _isStopped = true;
            await SelfProbe.DisposeAsync();
            var cut = await Task.WhenAll(_listeners.Values.Concat(_dropped).Select(l => l.StopAsync(drain, hurry)));
            await _health.DisposeAsync();
            _gateway?.Upstreams.Retire();
            if (_gateway is not null)
            {
                await _gateway.AccessLogs.DisposeAsync();
                await _services.SpanExports.ReleaseAsync(_gateway.Spans);
            }

            await _retired.CloseAllAsync();
            await _certificates.DisposeAsync();
            _sweep.Dispose();
            _meter.Dispose();
            await _services.Http2.DisposeAsync();
            _services.Dispose();
            return cut.Sum();
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        _changing.Dispose();
    }

    private async Task BindAsync(Gateway gateway, Dictionary<string, ActiveListener> listeners, List<ConfigError> errors)
    {
        var opened = new List<ActiveListener>();
        foreach (var routes in gateway.Listeners)
        {
            var key = GatewayBuilder.KeyOf(routes.Listen);
            if (_listeners.TryGetValue(key, out var active))
            {
                listeners[key] = active;
                continue;
            }

            try
            {
                var listener = new ActiveListener(routes, _pipeline, _services);
                opened.Add(listener);
                listeners[key] = listener;
            }
            catch (SocketException e)
            {
                errors.Add(new ConfigError(routes.Listen.Source, $"cannot listen on {key}: {BindError.Describe(e, routes.Listen.EndPoint)}"));
            }
        }

        if (errors.Count > 0)
        {
            foreach (var listener in opened)
            {
                await listener.StopAsync(TimeSpan.Zero);
            }
        }
    }

    private void Activate(Gateway gateway, Dictionary<string, ActiveListener> listeners)
    {
        var old = _listeners;
        gateway.Upstreams.Activate();
        _health.Configure(gateway.Checks);
        gateway.AccessLogs.Activate();
        gateway.Spans?.Start();
        if (_gateway is { } replaced)
        {
            _retired.Add(replaced);
        }

        _gateway = gateway;
        _listeners = listeners;
        _services.Traffic.Retain(gateway.Servers.SelectMany(server => server.Metrics));
        _services.Limits.Retain(gateway.LimitZones);
        _certificates.Watch([.. gateway.Servers.Select(server => server.Tls).OfType<TlsServer>()]);
        foreach (var routes in gateway.Listeners)
        {
            var key = GatewayBuilder.KeyOf(routes.Listen);
            var listener = listeners[key];
            if (old.ContainsKey(key))
            {
                listener.Service.Routes = routes;
            }
            else
            {
                listener.Start();
            }
        }

        SelfProbe.Configure(ProbeSettings.Of(gateway.Config), listeners.Values);
        _dropped = [.. _dropped.Where(listener => !listener.IsStopped)];
        foreach (var (key, listener) in old)
        {
            if (!listeners.ContainsKey(key))
            {
                _dropped.Add(listener);
                _ = listener.StopAsync(gateway.Config.WorkerShutdownTimeout);
            }
        }
    }
}
