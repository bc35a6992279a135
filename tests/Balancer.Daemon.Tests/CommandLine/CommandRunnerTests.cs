namespace Balancer.Daemon.CommandLine;

public sealed class CommandRunnerTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task Help_goes_to_standard_output_and_fits_a_terminal()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("--help"));

        Assert.Equal("", _error.ToString());
        Assert.StartsWith("balancerd, an HTTP load balancer\n", _output.ToString(), StringComparison.Ordinal);
        Assert.All(_output.ToString().Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.All((string[])["-c", "-t", "-T", "-s", "-v", "-h", "demo", "reload", "quit", "stop", "reopen"], word => Assert.Contains(word, _output.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Version_names_the_program_and_the_runtime()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("-v"));

        Assert.Matches(@"^balancerd \d+\.\d+\.\d+ \(\.NET 10\.[^,]+, [a-z0-9-]+\)\n$", _output.ToString());
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public async Task Wrong_usage_is_one_line_on_standard_error()
    {
        Assert.Equal(ExitCode.Usage, await RunAsync("--reload"));

        Assert.Equal("", _output.ToString());
        Assert.Equal("balancerd: unrecognized command or argument '--reload'; try balancerd --help\n", _error.ToString());
    }

    private Task<int> RunAsync(params string[] arguments) => new CommandRunner(_output, _error).RunAsync(arguments);
}
