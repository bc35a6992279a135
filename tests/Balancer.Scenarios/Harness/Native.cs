using System.Runtime.InteropServices;

namespace Balancer.Harness;

internal static partial class Native
{
    /// <summary>kill(2).</summary>
    public static void Kill(int pid, UnixSignal signal)
    {
        if (kill(pid, (int)signal) != 0)
        {
            throw new InvalidOperationException($"kill({pid}, {signal}): errno {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    /// <summary>Whether this process is root.</summary>
    public static bool IsRoot => geteuid() == 0;
}
