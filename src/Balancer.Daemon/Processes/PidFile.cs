using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Balancer.Daemon.Processes;

/// <summary>
/// The pid file of a running daemon. Its owner keeps it locked (flock), and the kernel drops the lock when the owner ends in
/// whatever way; so a locked file belongs to a live daemon and an unlocked one is stale, without guessing from process numbers.
/// </summary>
internal sealed class PidFile : IDisposable
{
    private const uint WorldReadable = 0b110_100_100; // 0644

    private readonly SafeFileHandle _file;

    private PidFile(string path, SafeFileHandle file)
    {
        Path = path;
        _file = file;
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>Creates the file, or takes over a stale one, and writes the number of this process.</summary>
    /// <exception cref="ProcessException">Another live daemon holds it, or it cannot be written.</exception>
    public static PidFile Create(string path)
    {
        while (true)
        {
            var file = NativeMethods.Open(path, NativeMethods.OpenReadWrite | NativeMethods.OpenCreate | NativeMethods.OpenCloseOnExec, WorldReadable);
            if (file.IsInvalid)
            {
                throw ProcessException.FromLastError($"cannot create the pid file {path}");
            }

            if (NativeMethods.Lock(file, NativeMethods.LockExclusive | NativeMethods.LockNonBlocking) != 0)
            {
                var holder = ReadProcess(file);
                file.Dispose();
                throw AlreadyRunning(path, holder);
            }

            // The former owner may have removed the file between our open and our lock; then the lock is on a file nobody finds.
            if (IsRemoved(file))
            {
                file.Dispose();
                continue;
            }

            RandomAccess.SetLength(file, 0);
            RandomAccess.Write(file, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")), 0);
            return new PidFile(path, file);
        }
    }

    /// <summary>Finds the process of a running daemon.</summary>
    /// <exception cref="ProcessException">There is no such file, it is stale, or it holds no number.</exception>
    public static int FindRunning(string path)
    {
        using var file = NativeMethods.Open(path, NativeMethods.OpenReadOnly | NativeMethods.OpenCloseOnExec, 0);
        if (file.IsInvalid)
        {
            throw ProcessException.FromLastError($"not running, or its pid file cannot be read: {path}");
        }

        var process = ReadProcess(file) ?? throw new ProcessException($"the pid file {path} does not hold a process number");
        return IsHeld(file, process) ? process : throw new ProcessException($"not running: the pid file {path} is stale, no process holds it");
    }

    /// <summary>Fails when a live daemon holds the file; called before addresses are bound, since "address in use" would say less.</summary>
    /// <exception cref="ProcessException">A live daemon holds it.</exception>
    public static void EnsureFree(string path)
    {
        using var file = NativeMethods.Open(path, NativeMethods.OpenReadOnly | NativeMethods.OpenCloseOnExec, 0);
        if (!file.IsInvalid && ReadProcess(file) is { } process && IsHeld(file, process))
        {
            throw AlreadyRunning(path, process);
        }
    }

    /// <summary>Removes the file and gives up the lock.</summary>
    public void Dispose()
    {
        if (_file.IsClosed)
        {
            return;
        }

        if (!IsRemoved(_file))
        {
            File.Delete(Path);
        }

        _file.Dispose();
    }

    private static ProcessException AlreadyRunning(string path, int? process) =>
        new(string.Create(CultureInfo.InvariantCulture, $"balancerd is already running as process {process} (it holds the pid file {path})"));

    // The lock is tried only when there is such a process: trying takes it for a moment, in which a daemon that starts over a stale file must not fail.
    private static bool IsHeld(SafeFileHandle file, int process) =>
        Exists(process) && NativeMethods.Lock(file, NativeMethods.LockShared | NativeMethods.LockNonBlocking) != 0;

    private static bool Exists(int process) =>
        NativeMethods.Kill(process, 0) == 0 || Marshal.GetLastPInvokeError() != NativeMethods.NoSuchProcess;

    private static int? ReadProcess(SafeFileHandle file)
    {
        Span<byte> bytes = stackalloc byte[16];
        int length;
        try
        {
            length = RandomAccess.Read(file, bytes, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // A directory, or something else that is no file.
            return null;
        }

        var text = bytes[..length].TrimEnd("\n \r"u8);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var process) && process > 0 ? process : null;
    }

    /// <summary>Whether the open file no longer stands under a name; the kernel marks its link so.</summary>
    private static bool IsRemoved(SafeFileHandle file) =>
        new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file.DangerousGetHandle()}")).LinkTarget is { } target
        && target.EndsWith(" (deleted)", StringComparison.Ordinal);
}
