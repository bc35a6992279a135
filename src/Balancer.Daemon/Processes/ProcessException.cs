using System.Runtime.InteropServices;

namespace Balancer.Daemon.Processes;

/// <summary>A pid file or a process that cannot be used; the message is one line for the operator.</summary>
internal sealed class ProcessException(string message) : Exception(message)
{
    /// <summary>The message with the error of the system call that just failed.</summary>
    public static ProcessException FromLastError(string message) =>
        new($"{message} ({Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())})");
}
