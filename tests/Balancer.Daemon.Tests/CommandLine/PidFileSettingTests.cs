namespace Balancer.Daemon.CommandLine;

public sealed class PidFileSettingTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("pid = \"/run/a.pid\"", "/run/a.pid")]
    [InlineData("pid='/run/a.pid' # here", "/run/a.pid")]
    [InlineData("broken = = \n  pid = \"/run/a.pid\"\n", "/run/a.pid")]
    [InlineData("# pid = \"/run/no.pid\"\npid = \"/run/a.pid\"", "/run/a.pid")]
    [InlineData("[admin]\npid = \"/run/a.pid\"", null)]
    [InlineData("pid = 3", null)]
    [InlineData("pid = \"/run/a.pid", null)]
    [InlineData("", null)]
    public void Finds_the_pid_file_of_a_file_that_may_be_broken(string text, string? expected) =>
        Assert.Equal(expected, PidFileSetting.Find(_directory.Write("a.toml", text)));

    [Fact]
    public void A_missing_file_has_none() => Assert.Null(PidFileSetting.Find(_directory["missing.toml"]));
}
