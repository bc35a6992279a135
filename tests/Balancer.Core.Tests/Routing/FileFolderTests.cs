using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Balancer.Routing;

public sealed partial class FileFolderTests : IDisposable
{
    /// <summary>The user nobody, whom no file of ours is readable for unless its mode says so.</summary>
    private const uint Nobody = 65534;

    private readonly string _outside = Directory.CreateTempSubdirectory("balancer-files-").FullName;
    private readonly string _root;

    public FileFolderTests()
    {
        _root = Directory.CreateDirectory(Path.Combine(_outside, "www")).FullName;
        File.WriteAllText(Path.Combine(_outside, "secret"), "secret");
        Directory.CreateDirectory(Path.Combine(_outside, "www-secret"));
        File.WriteAllText(Path.Combine(_outside, "www-secret", "file"), "secret");
        Directory.CreateDirectory(Path.Combine(_root, "folder"));
        File.WriteAllText(Path.Combine(_root, "folder", "file"), "content");
        File.WriteAllText(Path.Combine(_root, "ünï"), "content");
    }

    [Theory]
    [InlineData("/folder/file")]
    [InlineData("/ünï")]
    public void File_is_opened(string uri) => Assert.Equal("content", Read(_root, Encoding.UTF8.GetBytes(uri)));

    [Theory]
    [InlineData("/none")]
    [InlineData("/folder/none")]
    [InlineData("/folder/file/")]
    [InlineData("/folder/file/x")]
    [InlineData("/../secret")]
    [InlineData("/../www-secret/file")]
    [InlineData("/folder/../../secret")]
    [InlineData("/folder/./../../secret")]
    [InlineData("/folder")]
    [InlineData("/folder/")]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("/folder/file\0")]
    [InlineData("/folder/file\0.html")]
    [InlineData("/%2e%2e/secret")]
    [InlineData("/folder%2ffile")]
    public void Nothing_else_is(string uri) => Assert.Null(Read(_root, Encoding.UTF8.GetBytes(uri)));

    [Fact]
    public void Name_that_is_no_utf8_has_no_file() => Assert.Null(Read(_root, [(byte)'/', 0xff]));

    [Fact]
    public void Name_that_is_too_long_has_no_file() => Assert.Null(Read(_root, [(byte)'/', .. Enumerable.Repeat((byte)'x', 5000)]));

    [Fact]
    public void File_that_may_not_be_read_is_told_from_one_that_is_not_there()
    {
        File.WriteAllText(Path.Combine(_root, "closed"), "secret");
        File.SetUnixFileMode(Path.Combine(_root, "closed"), UnixFileMode.UserWrite);
        foreach (var folder in (string[])[_outside, _root])
        {
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        }

        Assert.Equal((true, false), AsNobody(() => Probe("/closed")));
        Assert.Equal((false, false), AsNobody(() => Probe("/none")));
        Assert.Equal((false, true), AsNobody(() => Probe("/folder/file")));
    }

    [Fact]
    public void Pipe_that_nobody_writes_to_does_not_block()
    {
        var path = Path.Combine(_root, "pipe");
        Assert.Equal(0, MakePipe(path, 0b110_110_110));

        Assert.Null(Read(_root, "/pipe"u8.ToArray()));
    }

    [Fact]
    public void Link_to_itself_has_no_file()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "loop"), "loop");

        Assert.Null(Read(_root, "/loop"u8.ToArray()));
    }

    [Fact]
    public void Link_within_the_folder_is_followed_and_one_that_leads_out_is_not()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "inner"), "folder/file");
        File.CreateSymbolicLink(Path.Combine(_root, "outer"), Path.Combine(_outside, "secret"));
        File.CreateSymbolicLink(Path.Combine(_root, "up"), _outside);

        Assert.Equal("content", Read(_root, "/inner"u8.ToArray()));
        Assert.Null(Read(_root, "/outer"u8.ToArray()));
        Assert.Null(Read(_root, "/up/secret"u8.ToArray()));
    }

    [Fact]
    public void Folder_may_be_a_link_itself()
    {
        var link = Path.Combine(_outside, "link");
        Directory.CreateSymbolicLink(link, _root);

        Assert.Equal("content", Read(link + "/", "/folder/file"u8.ToArray()));
    }

    [Fact]
    public void Folder_that_is_made_later_is_found()
    {
        var later = Path.Combine(_outside, "later");
        Assert.Null(Read(later, "/file"u8.ToArray()));
        Directory.CreateDirectory(later);
        File.WriteAllText(Path.Combine(later, "file"), "content");

        Assert.Equal("content", Read(later, "/file"u8.ToArray()));
    }

    public void Dispose() => Directory.Delete(_outside, recursive: true);

    /// <summary>Does something with the rights of nobody, if we are somebody else: on a thread of its own, as rights are a thread's.</summary>
    private static T AsNobody<T>(Func<T> probe)
    {
        T result = default!;
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                _ = SetFileUser(Nobody);
                result = probe();
            }
            catch (Exception e)
            {
                fault = e;
            }
        });
        thread.Start();
        thread.Join();
        return fault is null ? result : throw fault;
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileUser(uint id);

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);

    private (bool IsForbidden, bool IsOpen) Probe(string uri)
    {
        using var file = new FileFolder(_root, []).Open(Encoding.UTF8.GetBytes(uri), out var isForbidden);
        return (isForbidden, file is not null);
    }

    /// <summary>What a request gets; null for nothing.</summary>
    private static string? Read(string root, byte[] uri)
    {
        using SafeFileHandle? file = new FileFolder(root, []).Open(uri, out _);
        if (file is null)
        {
            return null;
        }

        var content = new byte[100];
        try
        {
            return Encoding.ASCII.GetString(content, 0, RandomAccess.Read(file, content, 0));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }
}
