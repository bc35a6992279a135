using System.Runtime.Versioning;

namespace Balancer.Observability.Logging;

[SupportedOSPlatform("linux")]
public sealed class AppendFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("balancer-test-").FullName;

    private string FilePath => Path.Combine(_directory, "access.log");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Writes_go_to_the_end_of_an_existing_file()
    {
        File.WriteAllText(FilePath, "old\n");
        using (var file = AppendFile.Open(FilePath))
        {
            file.Write("new\n"u8);
        }

        Assert.Equal("old\nnew\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void Writes_after_a_truncation_start_at_the_new_end()
    {
        using var file = AppendFile.Open(FilePath);
        file.Write("one\n"u8);
        File.WriteAllText(FilePath, "");
        file.Write("two\n"u8);
        Assert.Equal("two\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void New_file_is_readable_by_all()
    {
        AppendFile.Open(FilePath).Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath) & ~(UnixFileMode.GroupRead | UnixFileMode.OtherRead));
    }

    [Fact]
    public void File_that_cannot_be_opened_says_why()
    {
        var error = Assert.Throws<IOException>(() => AppendFile.Open(Path.Combine(_directory, "missing", "x")));
        Assert.Equal("No such file or directory", error.Message);
        Assert.Equal("Is a directory", Assert.Throws<IOException>(() => AppendFile.Open(_directory)).Message);
    }

    [Fact]
    public void Full_device_is_reported_by_the_write()
    {
        using var file = AppendFile.Open("/dev/full");
        Assert.Equal("No space left on device", Assert.Throws<IOException>(() => file.Write("x"u8)).Message);
    }

    [Theory]
    [InlineData("stdout")]
    [InlineData("stderr")]
    public void Standard_stream_stays_open_when_its_destination_is_disposed(string name)
    {
        var opener = new LogDestinationOpener();
        opener.Open(name).Dispose();
        using var again = opener.Open(name);
        again.Write([]);
        Assert.True(Path.Exists($"/proc/self/fd/{(name == "stdout" ? 1 : 2)}"));
    }
}
