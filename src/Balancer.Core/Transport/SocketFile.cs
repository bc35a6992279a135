using System.Runtime.InteropServices;

namespace Balancer.Transport;

/// <summary>Tells a socket in the file system from other files, which .NET does not.</summary>
internal static unsafe partial class SocketFile
{
    private const int CurrentDirectory = -100;
    private const int DoNotFollow = 0x100;
    private const uint WantsType = 1;
    private const int StatusSize = 256;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int SocketType = 0xC000;

    /// <summary>Whether <paramref name="path"/> is a socket; false for every other file, a link to a socket included, and for none.</summary>
    public static bool Is(string path)
    {
        // struct statx of linux/stat.h, the same on all processors.
        var status = stackalloc byte[StatusSize];
        return Status(CurrentDirectory, path, DoNotFollow, WantsType, status) == 0 && (*(ushort*)(status + ModeOffset) & TypeMask) == SocketType;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Status(int folder, string path, int flags, uint mask, byte* status);
}
