using System.Globalization;

namespace Balancer.Daemon.Processes;

/// <summary>Sends signals to other processes.</summary>
internal static class ProcessSignal
{
    /// <summary>Sends one.</summary>
    /// <param name="process">The process.</param>
    /// <param name="signal">The number of the signal.</param>
    /// <exception cref="ProcessException">The process is gone, or belongs to somebody else.</exception>
    public static void Send(int process, int signal)
    {
        if (NativeMethods.Kill(process, signal) != 0)
        {
            throw ProcessException.FromLastError(string.Create(CultureInfo.InvariantCulture, $"cannot signal process {process}"));
        }
    }
}
