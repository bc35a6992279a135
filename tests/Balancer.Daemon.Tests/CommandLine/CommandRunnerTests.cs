using Balancer.TestSupport;

namespace Balancer.Daemon.CommandLine;

public sealed class CommandRunnerTests : IDisposable
{
    private const string Good = """
        [upstream.app]
        server = ["127.0.0.1:3001 weight=2"]

        [[server]]
        listen = "127.0.0.1:0"

          [[server.location]]
          path = "/"
          proxy_pass = "http://app"
        """;

    private readonly TempDirectory _directory = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Help_goes_to_standard_output_and_fits_a_terminal()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("--help"));

        Assert.Equal("", _error.ToString());
        Assert.StartsWith("balancerd, an HTTP load balancer\n", _output.ToString(), StringComparison.Ordinal);
        Assert.All(_output.ToString().Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.All((string[])["-c", "-t", "-T", "-s", "-v", "-h", "demo", "release", "schema", "reload", "quit", "stop", "reopen"], word => Assert.Contains(word, _output.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Version_names_the_program_and_the_runtime()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("-v"));

        Assert.Matches(@"^balancerd \d+\.\d+\.\d+ \(\.NET 10\.[^,]+, [a-z0-9-]+\)\n$", _output.ToString());
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public async Task The_schema_of_configuration_files_is_printed()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("schema"));

        Assert.Equal("", _error.ToString());
        using var schema = System.Text.Json.JsonDocument.Parse(_output.ToString());
        Assert.True(schema.RootElement.GetProperty("properties").TryGetProperty("upstream", out _));
    }

    [Fact]
    public async Task Wrong_usage_is_one_line_on_standard_error()
    {
        Assert.Equal(ExitCode.Usage, await RunAsync("--reload"));

        Assert.Equal("", _output.ToString());
        Assert.Equal("balancerd: unrecognized command or argument '--reload'; try balancerd --help\n", _error.ToString());
    }

    [Fact]
    public async Task Good_file_passes_the_check_in_the_words_of_nginx()
    {
        var file = _directory.Write("a.toml", Good);

        Assert.Equal(ExitCode.Success, await RunAsync("-t", "-c", file));

        Assert.Equal("", _output.ToString());
        Assert.Equal($"balancerd: configuration file {file} test is successful\n", _error.ToString());
    }

    [Fact]
    public async Task Configuration_of_the_readme_passes_the_check()
    {
        var readme = await File.ReadAllTextAsync(RepositoryFiles.PathOf("README.md"));
        var start = readme.IndexOf("```toml\n", StringComparison.Ordinal) + 8;
        var file = _directory.Write("a.toml", readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)]);

        Assert.True(await RunAsync("-t", "-c", file) == ExitCode.Success, _error.ToString());
    }

    [Fact]
    public async Task Check_reports_all_errors_of_the_file_one_a_line()
    {
        var file = _directory.Write("a.toml", Good + "\nunknown_key = 1\n" + Good.Replace("[[server]]", "[[srever]]", StringComparison.Ordinal).Replace("app", "app2", StringComparison.Ordinal));

        Assert.Equal(ExitCode.Failure, await RunAsync("-t", "-c", file));

        var lines = _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length >= 3, _error.ToString());
        Assert.All(lines[..^1], line => Assert.Matches($@"^{file}:\d+:\d+: ", line));
        Assert.Equal($"balancerd: configuration file {file} test failed", lines[^1]);
    }

    [Fact]
    public async Task Check_finds_what_only_the_engine_knows()
    {
        var file = _directory.Write("a.toml", Good.Replace("path = \"/\"", "path = \"~ (\"", StringComparison.Ordinal));

        Assert.Equal(ExitCode.Failure, await RunAsync("-t", "-c", file));

        Assert.Contains($"{file}:8:", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_file_fails_the_check_by_name()
    {
        var file = _directory["missing.toml"];

        Assert.Equal(ExitCode.Failure, await RunAsync("-t", "-c", file));

        Assert.Contains(file, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dump_prints_toml_that_loads_back_to_the_same()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("-T", "-c", _directory.Write("a.toml", Good)));
        var first = _output.ToString();
        _output.GetStringBuilder().Clear();
        Assert.Equal(ExitCode.Success, await RunAsync("-T", "-c", _directory.Write("b.toml", first)));

        Assert.Contains("127.0.0.1:3001 weight=2", first, StringComparison.Ordinal);
        Assert.Equal(Keys(first), Keys(_output.ToString()));

        // The first line names the file.
        static string Keys(string toml) => toml[toml.IndexOf('\n')..];
    }

    [Fact]
    public async Task Dump_of_a_broken_file_prints_nothing_but_the_errors()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync("-T", "-c", _directory.Write("a.toml", "unknown_key = 1")));

        Assert.Equal("", _output.ToString());
        Assert.Contains("a.toml:1:1: ", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_file_starts_nothing()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync("-c", _directory.Write("a.toml", "unknown_key = 1")));

        Assert.Contains("a.toml:1:1: ", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reload")]
    [InlineData("quit")]
    [InlineData("stop")]
    [InlineData("reopen")]
    public async Task Signal_without_a_running_daemon_fails(string signal)
    {
        var file = _directory.Write("a.toml", $"pid = \"{_directory["d.pid"]}\"\n{Good}");

        Assert.Equal(ExitCode.Failure, await RunAsync("-s", signal, "-c", file));

        Assert.Equal($"balancerd: not running, or its pid file cannot be read: {_directory["d.pid"]} (No such file or directory)\n", _error.ToString());
    }

    [Fact]
    public async Task Signal_needs_a_pid_file_in_the_configuration()
    {
        var file = _directory.Write("a.toml", Good);

        Assert.Equal(ExitCode.Failure, await RunAsync("-s", "reload", "-c", file));

        Assert.Equal($"balancerd: {file} names no pid file; add: pid = \"/run/balancer/balancerd.pid\"\n", _error.ToString());
    }

    [Fact]
    public async Task Broken_file_without_a_pid_file_is_reported_by_the_signal_itself()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync("-s", "reload", "-c", _directory.Write("a.toml", "unknown_key = 1")));

        Assert.Contains("a.toml:1:1: ", _error.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(params string[] arguments) => new CommandRunner(_output, _error).RunAsync(arguments);
}
