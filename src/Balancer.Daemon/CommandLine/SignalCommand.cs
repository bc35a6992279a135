using Balancer.Configuration;
using Balancer.Daemon.Control;
using Balancer.Daemon.Processes;

namespace Balancer.Daemon.CommandLine;

/// <summary><c>balancerd -s</c>: controls the running daemon, which it finds by the pid file that the configuration names.</summary>
/// <param name="error">Where it says why it could not.</param>
internal sealed class SignalCommand(TextWriter error)
{
    /// <summary>Longer than a reload that waits for a name server which does not answer.</summary>
    private static readonly TimeSpan ReloadTimeout = TimeSpan.FromSeconds(75);

    private readonly FaultReport _report = new(error);

    /// <summary>Sends the signal; for a reload waits for its outcome.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(SignalName signal, string file)
    {
        try
        {
            if (FindPidFile(file) is not { } pidFile)
            {
                return ExitCode.Failure;
            }

            var process = PidFile.FindRunning(pidFile);
            if (signal == SignalName.Reload)
            {
                return Report(await ControlClient.SendAsync(ControlAddress.Beside(pidFile), ControlSocket.ReloadCommand, ReloadTimeout));
            }

            ProcessSignal.Send(process, Number(signal));
            return ExitCode.Success;
        }
        catch (Exception e) when (e is ProcessException or ControlException)
        {
            _report.Write($"balancerd: {e.Message}");
            return ExitCode.Failure;
        }
    }

    private static int Number(SignalName signal) => signal switch
    {
        SignalName.Quit => NativeMethods.SignalQuit,
        SignalName.Stop => NativeMethods.SignalInterrupt,
        SignalName.Reopen => NativeMethods.SignalUser1,
        _ => NativeMethods.SignalHangup,
    };

    private string? FindPidFile(string file)
    {
        var loaded = ConfigurationLoader.Load(file);
        if (loaded.Config is { } config)
        {
            var path = PidPath.Of(config);
            if (path is null)
            {
                _report.Write($"balancerd: {file} names no pid file; add: pid = \"/run/balancer/balancerd.pid\"");
            }

            return path;
        }

        // The file may be broken while the daemon runs on what it said before: then the daemon shall refuse it, log it and count it.
        if ((PidFileSetting.Find(file) ?? PidPath.OfUnit(Environment.GetEnvironmentVariable("RUNTIME_DIRECTORY"))) is { } last)
        {
            return last;
        }

        _report.Write(loaded.Errors);
        return null;
    }

    private int Report(ControlReply reply)
    {
        _report.Write(reply.Reasons);
        return reply.IsOk ? ExitCode.Success : ExitCode.Failure;
    }
}
