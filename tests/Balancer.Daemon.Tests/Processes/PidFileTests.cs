namespace Balancer.Daemon.Processes;

public sealed class PidFileTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string PidPath => _directory["d.pid"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Holds_the_process_number_while_it_lives_and_is_gone_after()
    {
        using (PidFile.Create(PidPath))
        {
            Assert.Equal($"{Environment.ProcessId}\n", ReadUnlocked());
            Assert.Equal(Environment.ProcessId, PidFile.FindRunning(PidPath));
        }

        Assert.False(File.Exists(PidPath));
    }

    [Fact]
    public void Second_daemon_is_refused()
    {
        using var first = PidFile.Create(PidPath);

        var expected = $"balancerd is already running as process {Environment.ProcessId} (it holds the pid file {PidPath})";
        Assert.Equal(expected, Assert.Throws<ProcessException>(() => PidFile.Create(PidPath)).Message);
        Assert.Equal(expected, Assert.Throws<ProcessException>(() => PidFile.EnsureFree(PidPath)).Message);
    }

    [Theory]
    [InlineData("1\n")] // alive, but it holds no lock: the number was given to another process
    [InlineData("999999999\n")]
    [InlineData("nonsense that is longer than a number")]
    [InlineData("")]
    public void Stale_file_is_taken_over(string content)
    {
        File.WriteAllText(PidPath, content);

        PidFile.EnsureFree(PidPath);
        using var file = PidFile.Create(PidPath);

        Assert.Equal($"{Environment.ProcessId}\n", ReadUnlocked());
    }

    [Theory]
    [InlineData("1\n", "is stale")]
    [InlineData("999999999\n", "is stale")]
    [InlineData("-5\n", "does not hold a process number")]
    [InlineData("", "does not hold a process number")]
    public void Stale_file_finds_no_running_daemon(string content, string message)
    {
        File.WriteAllText(PidPath, content);

        Assert.Contains(message, Assert.Throws<ProcessException>(() => PidFile.FindRunning(PidPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_file_finds_no_running_daemon() =>
        Assert.Equal(
            $"not running, or its pid file cannot be read: {PidPath} (No such file or directory)",
            Assert.Throws<ProcessException>(() => PidFile.FindRunning(PidPath)).Message);

    [Fact]
    public void Missing_directory_is_named()
    {
        var path = _directory["no/d.pid"];

        Assert.Equal(
            $"cannot create the pid file {path} (No such file or directory)",
            Assert.Throws<ProcessException>(() => PidFile.Create(path)).Message);
    }

    [Fact]
    public void File_that_another_process_replaced_is_left_alone()
    {
        var mine = PidFile.Create(PidPath);
        File.Delete(PidPath);
        File.WriteAllText(PidPath, "another\n");

        mine.Dispose();

        Assert.Equal("another\n", File.ReadAllText(PidPath));
    }

    // The framework's own reading takes a lock, which the owner's lock excludes.
    private string ReadUnlocked()
    {
        using var file = NativeMethods.Open(PidPath, NativeMethods.OpenReadOnly, 0);
        var bytes = new byte[64];
        return System.Text.Encoding.ASCII.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0));
    }
}
