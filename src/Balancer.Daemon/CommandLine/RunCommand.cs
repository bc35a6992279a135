using Balancer.Configuration;
using Balancer.Daemon.Hosting;
using Balancer.Daemon.Processes;
using Balancer.Daemon.Systemd;
using Balancer.Proxy;

namespace Balancer.Daemon.CommandLine;

/// <summary><c>balancerd -c FILE</c>: serves until a signal ends it.</summary>
/// <param name="error">Where the reasons go when it cannot start.</param>
internal sealed class RunCommand(TextWriter error)
{
    /// <summary>Serves.</summary>
    /// <param name="load">Reads the configuration, at start and at every reload.</param>
    /// <param name="onStarted">Called once everything is bound.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(Func<ConfigurationResult> load, Action<RunningGateway>? onStarted = null)
    {
        // First of all: a signal that comes during the start is kept until there is something to stop.
        using var signals = new SignalSource();
        var loaded = load();
        if (loaded.Config is not { } config || loaded.Errors.Count > 0)
        {
            return Fail(loaded.Errors);
        }

        try
        {
            using var notifier = ServiceNotifier.FromEnvironment();
            await using var errorLog = ErrorLog.Open(config);
            using var process = new DaemonProcess(load, signals.Signals, notifier, errorLog);
            await process.RunAsync(config, onStarted);
            signals.KeepToTheEnd();
            return ExitCode.Success;
        }
        catch (GatewayConfigException e)
        {
            return Fail(e.Errors);
        }
    }

    private int Fail(IReadOnlyList<ConfigError> errors)
    {
        new FaultReport(error).Write(errors);
        return ExitCode.Failure;
    }
}
