using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Balancer.Routing;

public sealed class FileFolderTests : IDisposable
{
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
    [InlineData("/")]
    public void Nothing_else_is(string uri) => Assert.Null(Read(_root, Encoding.UTF8.GetBytes(uri)));

    [Fact]
    public void Name_that_is_no_utf8_has_no_file() => Assert.Null(Read(_root, [(byte)'/', 0xff]));

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

    /// <summary>What a request gets; null for nothing.</summary>
    private static string? Read(string root, byte[] uri)
    {
        using SafeFileHandle? file = new FileFolder(root, []).Open(uri);
        if (file is null)
        {
            return null;
        }

        var content = new byte[100];
        try
        {
            return Encoding.ASCII.GetString(content, 0, RandomAccess.Read(file, content, 0));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
