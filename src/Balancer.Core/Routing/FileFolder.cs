using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Balancer.Routing;

/// <summary>
/// The folder that <c>root</c> names. Requests get the files in it and below, and nothing else: the open file itself is asked where it
/// lies, so that no link leads out of the folder, whoever makes it and when.
/// </summary>
/// <param name="path">The folder; need not exist yet.</param>
/// <param name="contentType">Content-Type of the files (<c>default_type</c>).</param>
internal sealed partial class FileFolder(string path, byte[] contentType)
{
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    // EPERM, EACCES
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _path = path.TrimEnd('/');

    /// <summary>Content-Type of the files.</summary>
    public byte[] ContentType { get; } = contentType;

    /// <summary>Opens the file of a path; it may be a folder, which cannot be read. Blocks while the disk works, but not for a pipe that nobody writes to.</summary>
    /// <param name="uri">The normalised path of the request, which has no dot segments.</param>
    /// <param name="isForbidden">Whether there is such a file, but the process may not read it.</param>
    /// <returns>The file; null when there is none that may be read.</returns>
    public SafeFileHandle? Open(ReadOnlySpan<byte> uri, out bool isForbidden)
    {
        isForbidden = false;
        if (uri.Contains((byte)0))
        {
            // The system would take what stands before it for the name.
            return null;
        }

        try
        {
            var file = Open(_path + Utf8.GetString(uri), out var error);
            if (IsWithin(file))
            {
                return file;
            }

            isForbidden = file.IsInvalid && error is NotPermitted or AccessDenied;
            file.Dispose();
        }
        catch (DecoderFallbackException)
        {
            // The name of no file that can be asked for.
        }

        return null;
    }

    private bool IsWithin(SafeFileHandle file)
    {
        using var root = Open(_path.Length == 0 ? "/" : _path, out _);
        return !file.IsInvalid && !root.IsInvalid && Place(file).StartsWith(Place(root).TrimEnd('/') + "/", StringComparison.Ordinal);
    }

    /// <summary>Where an open file lies, links resolved.</summary>
    private static string Place(SafeFileHandle file) => new FileInfo($"/proc/self/fd/{file.DangerousGetHandle()}").LinkTarget ?? "";

    private static SafeFileHandle Open(string path, out int error)
    {
        var descriptor = Open(path, ReadOnly | NonBlocking | CloseOnExec);
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);
}
