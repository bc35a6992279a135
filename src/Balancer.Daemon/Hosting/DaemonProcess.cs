using System.Threading.Channels;
using Balancer.Configuration;
using Balancer.Daemon.Control;
using Balancer.Daemon.Processes;
using Balancer.Daemon.Systemd;
using Balancer.Observability.Metrics;
using Balancer.Proxy;
using Microsoft.Extensions.Logging;

namespace Balancer.Daemon.Hosting;

/// <summary>
/// The life of the daemon: start, then one signal after the other until one of them ends it.
/// <code>
///   load ─► listeners ─► admin ─► pid file, control socket ─► READY ─► signals ─► STOPPING ─► drain ─► exit
///                                                              ▲   │ SIGHUP, -s reload
///                                                              └───┘
/// </code>
/// </summary>
internal sealed partial class DaemonProcess : IDisposable
{
    /// <summary>What stopping may take beyond the drain: writing out logs, closing connections.</summary>
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(10);

    private readonly Func<ConfigurationResult> _load;
    private readonly ChannelReader<DaemonSignal> _signals;
    private readonly ServiceNotifier _notifier;
    private readonly ErrorLog _errorLog;
    private readonly ILogger _log;
    private readonly ReloadQueue _reloads;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<RunningGateway> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="load">Reads the configuration, at start and at every reload.</param>
    /// <param name="signals">What the operator asks.</param>
    /// <param name="notifier">The service manager.</param>
    /// <param name="errorLog">The error log.</param>
    public DaemonProcess(Func<ConfigurationResult> load, ChannelReader<DaemonSignal> signals, ServiceNotifier notifier, ErrorLog errorLog)
    {
        _load = load;
        _signals = signals;
        _notifier = notifier;
        _errorLog = errorLog;
        _log = errorLog.Loggers.CreateLogger<DaemonProcess>();
        _reloads = new ReloadQueue(ReloadAsync);
    }

    /// <summary>Runs until a signal ends it.</summary>
    /// <param name="config">The configuration to start with.</param>
    /// <param name="onStarted">Called once everything is bound.</param>
    /// <exception cref="GatewayConfigException">It could not start; nothing is left running.</exception>
    public async Task RunAsync(GatewayConfig config, Action<RunningGateway>? onStarted = null)
    {
        await using var gateway = await RunningGateway.StartAsync(config, ReloadForControlAsync, _errorLog, CancellationToken.None);
        _started.SetResult(gateway);
        LogStarted(BuildMetrics.Version, config.File, Environment.ProcessId);
        _notifier.Ready(Describe(config));
        using var watchdog = Watchdog.IntervalFromEnvironment(Environment.GetEnvironmentVariable) is { } interval && _notifier.IsEnabled
            ? new Watchdog(interval, () => gateway.Host.Heartbeat.Beats, _notifier, TimeProvider.System)
            : null;
        onStarted?.Invoke(gateway);

        var last = await ServeAsync(gateway);
        await StopAsync(gateway, last);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private static string Describe(GatewayConfig config) =>
        $"Serving {config.File}; virtual servers: {config.Servers.Count}, upstreams: {config.Upstreams.Count}";

    /// <summary>Answers the signals that let the daemon live; returns the one that does not.</summary>
    private async Task<DaemonSignal> ServeAsync(RunningGateway gateway)
    {
        while (true)
        {
            var signal = await _signals.ReadAsync();
            switch (signal)
            {
                case DaemonSignal.Reload:
                    // Its outcome is in the log; whoever asked by a signal waits for none.
                    _ = _reloads.RequestAsync();
                    break;
                case DaemonSignal.ReopenLogs:
                    // Not waited for: a disk that does not take the last lines of the old files must not hold up the signals.
                    _ = ReopenLogsAsync(gateway);
                    break;
                case DaemonSignal.Drain or DaemonSignal.Abort:
                    return signal;
            }
        }
    }

    private async Task StopAsync(RunningGateway gateway, DaemonSignal signal)
    {
        var drain = signal == DaemonSignal.Drain ? gateway.Config.WorkerShutdownTimeout : TimeSpan.Zero;
        LogStopping(drain.TotalSeconds);
        await _stopping.CancelAsync();
        await _reloads.CloseAsync(new ConfigError(new SourceLocation(gateway.Config.File, 0, 0), "balancerd is stopping"));

        using var cut = new CancellationTokenSource();
        var stop = StopAsync(gateway, drain, cut.Token);
        _notifier.Stopping(drain > TimeSpan.Zero ? "Finishing the running requests" : "Stopping", drain + StopMargin);
        await CutOnSignalAsync(gateway, stop, cut);
        LogStopped(await stop);
    }

    /// <summary>The virtual addresses are given up first, so that what comes during the drain goes to the other gateway.</summary>
    private static async Task<int> StopAsync(RunningGateway gateway, TimeSpan drain, CancellationToken cut)
    {
        if (drain > TimeSpan.Zero)
        {
            await Task.WhenAny(gateway.HandOverAsync(), Task.Delay(Timeout.InfiniteTimeSpan, cut));
        }

        return await gateway.Host.StopAsync(drain, cut);
    }

    /// <summary>While the drain lasts a further signal to stop ends it at once.</summary>
    private async Task CutOnSignalAsync(RunningGateway gateway, Task stop, CancellationTokenSource cut)
    {
        using var stopped = new CancellationTokenSource();
        var next = _signals.ReadAsync(stopped.Token).AsTask();
        while (await Task.WhenAny(stop, next) != stop)
        {
            switch (await next)
            {
                case DaemonSignal.ReopenLogs:
                    _ = ReopenLogsAsync(gateway);
                    break;
                case DaemonSignal.Drain or DaemonSignal.Abort:
                    LogDrainCut();
                    await cut.CancelAsync();
                    break;
            }

            next = _signals.ReadAsync(stopped.Token).AsTask();
        }

        await stopped.CancelAsync();
    }

    private async Task ReopenLogsAsync(RunningGateway gateway)
    {
        await gateway.ReopenLogsAsync();
        LogReopened();
    }

    private async Task<ControlReply> ReloadForControlAsync()
    {
        var errors = await _reloads.RequestAsync();
        return errors.Count == 0 ? ControlReply.Ok : ControlReply.Refused(errors.Select(static error => error.ToString()));
    }

    private async Task<IReadOnlyList<ConfigError>> ReloadAsync()
    {
        var gateway = await _started.Task;
        _notifier.Reloading();
        var errors = await TryReloadAsync(gateway);
        gateway.NoteReload(errors);
        foreach (var error in errors)
        {
            LogConfigError(error.Location, error.Message);
        }

        if (errors.Count == 0)
        {
            LogReloaded(gateway.Config.File);
            _notifier.Ready(Describe(gateway.Config));
        }
        else
        {
            LogReloadRefused(gateway.Config.File, errors.Count);
            _notifier.Ready($"{Describe(gateway.Config)}; the last reload was refused: {errors[0]}");
        }

        return errors;
    }

    private async Task<IReadOnlyList<ConfigError>> TryReloadAsync(RunningGateway gateway)
    {
        try
        {
            var loaded = _load();
            if (loaded.Config is { } config && loaded.Errors.Count == 0)
            {
                return await gateway.ApplyAsync(config, _stopping.Token);
            }

            return loaded.Errors;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return [new ConfigError(new SourceLocation(gateway.Config.File, 0, 0), "the reload was given up: balancerd is stopping")];
        }
        catch (Exception e)
        {
            // Whatever went wrong, the daemon goes on with what it has and whoever asked is told.
            LogReloadFailed(e);
            return [new ConfigError(new SourceLocation(gateway.Config.File, 0, 0), $"the reload failed: {e.Message}")];
        }
    }

    [LoggerMessage(EventId = 8001, EventName = "started", Level = LogLevel.Information, Message = "balancerd {Version} serves {File} as process {Process}")]
    private partial void LogStarted(string version, string file, int process);

    [LoggerMessage(EventId = 8002, EventName = "stopping", Level = LogLevel.Information, Message = "stopping: running requests have {Seconds} s to finish")]
    private partial void LogStopping(double seconds);

    [LoggerMessage(EventId = 8003, EventName = "drain-cut-short", Level = LogLevel.Warning, Message = "a second signal ends the drain")]
    private partial void LogDrainCut();

    [LoggerMessage(EventId = 8004, EventName = "stopped", Level = LogLevel.Information, Message = "stopped; connections cut: {Cut}")]
    private partial void LogStopped(int cut);

    [LoggerMessage(EventId = 8005, EventName = "logs-reopened", Level = LogLevel.Information, Message = "opened the log files anew")]
    private partial void LogReopened();

    [LoggerMessage(EventId = 8010, EventName = "config-reloaded", Level = LogLevel.Information, Message = "reloaded {File}")]
    private partial void LogReloaded(string file);

    [LoggerMessage(EventId = 8011, EventName = "config-error", Level = LogLevel.Error, Message = "{At}: {Error}")]
    private partial void LogConfigError(SourceLocation at, string error);

    [LoggerMessage(EventId = 8012, EventName = "config-refused", Level = LogLevel.Error, Message = "{File} was not loaded, errors: {Errors}; what was in effect stays so")]
    private partial void LogReloadRefused(string file, int errors);

    [LoggerMessage(EventId = 8013, EventName = "reload-failed", Level = LogLevel.Critical, Message = "a reload failed unexpectedly; what was in effect stays so")]
    private partial void LogReloadFailed(Exception exception);
}
