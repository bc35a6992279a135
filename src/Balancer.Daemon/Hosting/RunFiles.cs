using Balancer.Daemon.Control;
using Balancer.Daemon.Processes;
using Microsoft.Extensions.Logging;

namespace Balancer.Daemon.Hosting;

/// <summary>What a running daemon leaves in its run directory, by which <c>balancerd -s</c> finds it: the pid file and the control socket beside it.</summary>
internal sealed class RunFiles : IAsyncDisposable
{
    private readonly PidFile _pid;
    private readonly ControlSocket _control;

    private RunFiles(PidFile pid, ControlSocket control)
    {
        _pid = pid;
        _control = control;
    }

    /// <summary>Where the pid file is.</summary>
    public string PidPath => _pid.Path;

    /// <summary>Creates both.</summary>
    /// <exception cref="ProcessException">Another daemon holds the pid file, or it cannot be written.</exception>
    /// <exception cref="ControlException">The control socket cannot be bound.</exception>
    public static RunFiles Open(string pidPath, Func<Task<ControlReply>> reload, ILogger log)
    {
        var pid = PidFile.Create(pidPath);
        try
        {
            return new RunFiles(pid, ControlSocket.Open(ControlAddress.Beside(pidPath), reload, log));
        }
        catch (ControlException)
        {
            pid.Dispose();
            throw;
        }
    }

    /// <summary>Removes both.</summary>
    public async ValueTask DisposeAsync()
    {
        await _control.DisposeAsync();
        _pid.Dispose();
    }
}
