using Balancer.Configuration;
using Balancer.Daemon.Admin;
using Balancer.Daemon.Control;
using Balancer.Daemon.Processes;
using Balancer.Failover;
using Balancer.Observability.Status;
using Balancer.Proxy;
using Microsoft.Extensions.Logging;

namespace Balancer.Daemon.Hosting;

/// <summary>The gateway with all the daemon puts around it for a configuration: the admin endpoint, the pid file and the control socket.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly Func<Task<ControlReply>> _reload;
    private readonly ILogger _log;
    private readonly ErrorLog _errorLog;
    private readonly AdminServer _admin;
    private readonly FailoverHost _failover;
    private RunFiles? _files;
    private ConfigurationStatus _status;

    private RunningGateway(GatewayConfig config, GatewayHost host, Func<Task<ControlReply>> reload, ErrorLog errorLog)
    {
        _status = new ConfigurationStatus(config.File, DateTimeOffset.UtcNow, LastReload: null);
        _reload = reload;
        _errorLog = errorLog;
        _log = errorLog.Loggers.CreateLogger<RunningGateway>();
        _failover = new FailoverHost(LedgerPath.Of(config), new GatewayHealth(host, TimeProvider.System), errorLog.Loggers, TimeProvider.System);
        _admin = new AdminServer(new AdminPages(new GatewayView(host, _failover, () => _status)), errorLog.Loggers);
        Config = config;
        Host = host;
        host.Metrics.Add(errorLog);
        host.Metrics.Add(_failover.Metrics);
    }

    /// <summary>The configuration in effect.</summary>
    public GatewayConfig Config { get; private set; }

    /// <summary>The engine.</summary>
    public GatewayHost Host { get; }

    /// <summary>The address of the admin endpoint; null when it has none.</summary>
    public string? AdminAddress => _admin.Address;

    /// <summary>Starts everything, the pid file last: whoever sees it can connect.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="reload">Serves the reload command of the control socket.</param>
    /// <param name="errorLog">Where all of it logs, as the configuration says already.</param>
    /// <param name="cancel">Gives up the start.</param>
    /// <exception cref="GatewayConfigException">Something is wrong with the configuration or cannot be had; nothing is left running.</exception>
    public static async Task<RunningGateway> StartAsync(GatewayConfig config, Func<Task<ControlReply>> reload, ErrorLog errorLog, CancellationToken cancel)
    {
        Guard(config, () =>
        {
            if (PidPath.Of(config) is { } pid)
            {
                PidFile.EnsureFree(pid);
            }

            return 0;
        });

        var host = await GatewayHost.StartAsync(config, errorLog.Loggers, TimeProvider.System, cancel);
        var gateway = new RunningGateway(config, host, reload, errorLog);
        try
        {
            await using var admin = await gateway._admin.PrepareAsync(config.AdminListen, cancel);
            gateway._files = gateway.OpenFiles(config);
            if (gateway._failover.Prepare(config) is { Count: > 0 } errors)
            {
                throw new GatewayConfigException(errors);
            }

            await admin.CommitAsync();

            // Last of all: whoever holds the addresses can serve.
            await gateway._failover.ApplyAsync(config);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts a new configuration into effect, as a whole or not at all.</summary>
    /// <returns>Every fault found; none when it is in effect.</returns>
    public async Task<IReadOnlyList<ConfigError>> ApplyAsync(GatewayConfig config, CancellationToken cancel)
    {
        RunFiles? files = null;
        try
        {
            files = PidPath.Of(config) == PidPath.Of(Config) ? _files : OpenFiles(config);
            await using var admin = await _admin.PrepareAsync(config.AdminListen, cancel);
            if (_failover.Prepare(config) is { Count: > 0 } missing)
            {
                return missing;
            }

            await _errorLog.ApplyAsync(config);
            var errors = await Host.ReloadAsync(config, cancel);
            if (errors.Count > 0)
            {
                await _errorLog.ApplyAsync(Config);
                return errors;
            }

            await admin.CommitAsync();
            await _failover.ApplyAsync(config);
            (files, _files) = (_files, files);
            Config = config;
            return [];
        }
        catch (GatewayConfigException e)
        {
            return e.Errors;
        }
        finally
        {
            // The new ones after a failure, the old ones after a change.
            if (files is not null && files != _files)
            {
                await files.DisposeAsync();
            }
        }
    }

    /// <summary>Notes how a reload went, for metrics and status.</summary>
    public void NoteReload(IReadOnlyList<ConfigError> errors)
    {
        var now = DateTimeOffset.UtcNow;
        var reload = new ReloadStatus(now, errors);
        if (errors.Count == 0)
        {
            Host.Reloads.Succeeded();
            _status = new ConfigurationStatus(Config.File, now, reload);
        }
        else
        {
            Host.Reloads.Failed();
            _status = _status with { LastReload = reload };
        }
    }

    /// <summary>Gives the virtual addresses up; requests to them come until their successor was heard.</summary>
    public Task HandOverAsync() => _failover.HandOverAsync();

    /// <summary>Opens all log files anew, after logrotate moved them.</summary>
    public Task ReopenLogsAsync() => Task.WhenAll(Host.ReopenLogsAsync(), _errorLog.ReopenAsync());

    /// <summary>Removes the pid file and control socket and stops all that still runs, at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _failover.DisposeAsync();
        await Host.DisposeAsync();
        await _admin.DisposeAsync();
        if (_files is not null)
        {
            await _files.DisposeAsync();
        }
    }

    private RunFiles? OpenFiles(GatewayConfig config) =>
        PidPath.Of(config) is { } path ? Guard(config, () => RunFiles.Open(path, _reload, _log)) : null;

    private static T Guard<T>(GatewayConfig config, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (Exception e) when (e is ProcessException or ControlException)
        {
            throw new GatewayConfigException([new ConfigError(new SourceLocation(config.File, 0, 0), $"pid: {e.Message}")]);
        }
    }
}
