using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Balancer.Failover.Linux;

/// <summary>The system calls of which the framework has no equivalent, or one that allocates or throws. Descriptors are non-blocking and closed on exec.</summary>
internal static unsafe partial class LibC
{
    private const string Library = "libc";

    /// <summary>The error of this thread's last call, for those declared with <c>SetLastError</c>.</summary>
    public static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    /// <summary>socket(2) with SOCK_NONBLOCK and SOCK_CLOEXEC.</summary>
    public static SafeFileHandle OpenSocket(int family, int type, int protocol) =>
        Socket(family, type | SocketConstants.NonBlocking | SocketConstants.CloseOnExec, protocol);

    /// <summary>setsockopt(2) of an int.</summary>
    public static Errno SetOption(SafeFileHandle socket, int level, int option, int value) =>
        SetOption(socket, level, option, new ReadOnlySpan<byte>(&value, sizeof(int)));

    /// <summary>setsockopt(2).</summary>
    public static Errno SetOption(SafeFileHandle socket, int level, int option, ReadOnlySpan<byte> value)
    {
        fixed (byte* start = value)
        {
            return SetSocketOption(socket, level, option, start, (uint)value.Length) == 0 ? Errno.None : LastError;
        }
    }

    /// <summary>bind(2).</summary>
    public static Errno Bind(SafeFileHandle socket, ReadOnlySpan<byte> address)
    {
        fixed (byte* start = address)
        {
            return Bind(socket, start, (uint)address.Length) == 0 ? Errno.None : LastError;
        }
    }

    [LibraryImport(Library, EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(int socket, byte* data, nuint length, int flags, byte* address, uint addressLength);

    [LibraryImport(Library, EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(int socket, MessageHeader* message, int flags);

    [LibraryImport(Library, EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint ReceiveMessage(int socket, MessageHeader* message, int flags);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int file, byte* data, nuint length);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, byte* data, nuint length);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial SafeFileHandle EventDescriptor(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "ppoll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, TimeSpec* timeout, void* signals);

    /// <summary>Of the calling thread when <paramref name="thread"/> is 0.</summary>
    [LibraryImport(Library, EntryPoint = "sched_setscheduler", SetLastError = true)]
    public static partial int SetScheduler(int thread, int policy, int* priority);

    /// <summary>Of the calling thread when <paramref name="which"/> and <paramref name="who"/> are 0.</summary>
    [LibraryImport(Library, EntryPoint = "setpriority", SetLastError = true)]
    public static partial int SetNiceness(int which, uint who, int niceness);

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    private static partial SafeFileHandle Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOption(SafeFileHandle socket, int level, int option, byte* value, uint length);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(SafeFileHandle socket, byte* address, uint length);
}
