using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Balancer.Observability.Logging;

/// <summary>
/// A file that every write goes to the end of, wherever that is by then (O_APPEND), so that several processes may write it and
/// <c>logrotate copytruncate</c> works. The FileStream of .NET keeps an offset of its own instead.
/// </summary>
internal sealed partial class AppendFile : ILogDestination
{
    private const int WriteOnly = 0x1;
    private const int Create = 0x40;
    private const int Append = 0x400;
    private const int CloseOnExec = 0x80000;
    private const int ReadableByAll = 0x1A4; // 0644
    private const int NoSuchFile = 2;
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const short PollOut = 4;
    private const int WriteAndSearch = 3; // W_OK | X_OK

    private readonly SafeFileHandle _handle;

    private AppendFile(SafeFileHandle handle)
    {
        _handle = handle;
    }

    /// <summary>Opens a file, and creates it with mode 0644 less the umask.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static AppendFile Open(string path)
    {
        var handle = OpenFile(path, WriteOnly | Create | Append | CloseOnExec, ReadableByAll);
        return handle.IsInvalid ? throw LastError() : new AppendFile(handle);
    }

    /// <summary>Checks that <see cref="Open"/> would succeed, without creating the file.</summary>
    /// <exception cref="IOException">It would not.</exception>
    public static void Check(string path)
    {
        using var handle = OpenFile(path, WriteOnly | Append | CloseOnExec, 0);
        if (handle.IsInvalid && (Marshal.GetLastPInvokeError() != NoSuchFile || Access(Path.GetDirectoryName(path) ?? "/", WriteAndSearch) != 0))
        {
            throw LastError();
        }
    }

    /// <summary>Standard output; disposing it leaves the stream open.</summary>
    public static AppendFile StandardOutput() => new(new SafeFileHandle(1, ownsHandle: false));

    /// <summary>Standard error; disposing it leaves the stream open.</summary>
    public static AppendFile StandardError() => new(new SafeFileHandle(2, ownsHandle: false));

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var written = WriteFile(_handle, bytes, bytes.Length);
            if (written >= 0)
            {
                bytes = bytes[(int)written..];
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    break;
                case TryAgain:
                    WaitUntilWritable();
                    break;
                default:
                    throw LastError();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static IOException LastError() => new(Marshal.GetLastPInvokeErrorMessage(), Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial SafeFileHandle OpenFile(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteFile(SafeFileHandle handle, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollEntry entries, nuint count, int timeout);

    /// <summary>A standard stream may have been made non-blocking by whoever else holds it.</summary>
    private void WaitUntilWritable()
    {
        var entry = new PollEntry { Descriptor = (int)_handle.DangerousGetHandle(), Events = PollOut };
        _ = Poll(ref entry, 1, -1);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }
}
