using System.Net;
using System.Net.Sockets;
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

    /// <summary>connect(2) of a socket that does not block: begins, and reports no error; of the framework's own connect, not to be done at once is one, at the price of an exception.</summary>
    public static void BeginConnect(Socket socket, SocketAddress address) => _ = connect(socket.SafeHandle, address.Buffer.Span, (uint)address.Size);

    [LibraryImport("libc")]
    private static partial int connect(SafeSocketHandle socket, ReadOnlySpan<byte> address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    /// <summary>Whether this process is root.</summary>
    public static bool IsRoot => geteuid() == 0;
}
