using System.Runtime.Versioning;
using Balancer.Harness;
using Balancer.Tls;

namespace Balancer.Daemon;

/// <summary>What an operator sees who makes a mistake: one clear line, the right exit code, and never a stack trace.</summary>
[SupportedOSPlatform("linux")]
public sealed class CommandLineScenarios
{
    [RequiresToolTheory("setpriv")]
    [InlineData("DIR/missing.toml", "the file does not exist")]
    [InlineData("DIR/none/a.toml", "the file does not exist")]
    [InlineData("DIR/unreadable.toml", "the file cannot be read: permission denied")]
    [InlineData("DIR", "the file cannot be read: it is a directory")]
    public async Task File_that_cannot_be_read_is_named_by_every_command_that_needs_it(string path, string reason)
    {
        using var directory = Operator.Prepare();
        var file = path.Replace("DIR", directory.Path, StringComparison.Ordinal);
        var line = $"{file}: {reason}";

        Assert.Equal((1, line), await Operator.RunAsync("-c", file));
        Assert.Equal((1, line), await Operator.RunAsync("-s", "reload", "-c", file));
        Assert.Equal((1, $"{line}\nbalancerd: configuration file {file} test failed"), await Operator.RunAsync("-t", "-c", file));
        Assert.Equal((1, $"{line}\nbalancerd: configuration file {file} test failed"), await Operator.RunAsync("-T", "-c", file));
    }

    [RequiresTool("setpriv")]
    public async Task Check_creates_no_file_that_the_daemon_could_not_write_later()
    {
        using var directory = Operator.Prepare();
        var file = directory.Write("a.toml", $"pid = \"{directory.Path}/d.pid\"\nerror_log = \"{directory.Path}/error.log\"\naccess_log = \"{directory.Path}/access.log\"\n[[server]]\nlisten = \"127.0.0.1:1\"\nreturn = \"200\"\n");
        var before = Directory.GetFileSystemEntries(directory.Path).Order();

        Assert.Equal((0, $"balancerd: configuration file {file} test is successful"), await Operator.RunAsync("-t", "-c", file));

        Assert.Equal(before, Directory.GetFileSystemEntries(directory.Path).Order());
    }

    [RequiresTool("setpriv")]
    public async Task Check_reports_logs_that_a_start_could_not_open()
    {
        using var directory = Operator.Prepare();
        var file = directory.Write("a.toml", $"error_log = \"{directory.Path}/closed/e.log\"\naccess_log = \"{directory.Path}/none/a.log\"\n[[server]]\nlisten = \"127.0.0.1:1\"\nreturn = \"200\"\n");

        var (code, output) = await Operator.RunAsync("-t", "-c", file);

        Assert.Equal(1, code);
        Assert.Equal(
            $"""
            {file}:1:14: error_log: cannot open {directory.Path}/closed/e.log: Permission denied
            {file}:2:15: cannot open the log {directory.Path}/none/a.log: No such file or directory
            balancerd: configuration file {file} test failed
            """,
            output);
    }

    [Theory]
    [InlineData("quickstart.toml")]
    [InlineData("insightserenity.toml")]
    [InlineData("leafyhealth.toml")]
    [InlineData("microservices.toml")]
    public async Task Printed_configuration_is_a_file_that_means_the_same(string name)
    {
        using var directory = new TempDirectory();
        using var certificates = new CertificateFiles();
        var certificate = certificates.Issue("fullchain", "insightserenity.com");
        certificates.Write("privkey.pem", certificate.KeyPem);
        var conf = Path.Combine(Repository.Root, "conf");
        var text = (await File.ReadAllTextAsync(Path.Combine(conf, name)))
            .Replace("/var/log/balancer", directory.Path, StringComparison.Ordinal)
            .Replace("/etc/letsencrypt/live/insightserenity.com", certificates.PathOf(""), StringComparison.Ordinal)
            .Replace("/etc/balancer/upstream-ca.pem", certificates.PathOf("ca.pem"), StringComparison.Ordinal)
            .Replace("\"upstreams/", $"\"{conf}/upstreams/", StringComparison.Ordinal);
        var first = await DumpAsync(directory.Write("shipped.toml", text));
        var second = await DumpAsync(directory.Write("dumped.toml", first));

        Assert.NotEmpty(first);
        Assert.Equal(first, second);
    }

    [RequiresToolTheory("setpriv")]
    [InlineData("--bogus", "unrecognized command or argument '--bogus'")]
    [InlineData("-t a.toml", "unrecognized command or argument 'a.toml' (a configuration file is named by -c)")]
    [InlineData("-s start", "unknown signal 'start' after -s: expected reload, quit, stop or reopen")]
    [InlineData("-c", "required argument missing for option: '-c'")]
    public async Task Wrong_usage_is_one_line_and_exits_with_2(string arguments, string message) =>
        Assert.Equal((2, $"balancerd: {message}; try balancerd --help"), await Operator.RunAsync(arguments.Split(' ')));

    [Theory]
    [InlineData("-v")]
    [InlineData("--help")]
    [InlineData("-T -c quickstart.toml")]
    public async Task Output_that_cannot_be_written_is_a_failure_without_a_stack_trace(string arguments)
    {
        var (program, first) = GatewayProcess.Command;
        var conf = Path.Combine(Repository.Root, "conf");

        var (code, output) = await ChildProcess.RunAsync("sh", ["-c", $"cd '{conf}' && exec '{program}' {string.Join(' ', first.Select(a => $"'{a}'"))} {arguments} >/dev/full"]);

        Assert.Equal(1, code);
        Assert.Equal("balancerd: cannot write to standard output: No space left on device", output.Split('\n')[^1]);
    }

    /// <summary>The output of <c>-T</c> without its first line, which names the file, and what is said on standard error.</summary>
    private static async Task<string> DumpAsync(string file)
    {
        var (program, arguments) = GatewayProcess.Command;
        var (code, output) = await ChildProcess.RunAsync(program, [.. arguments, "-T", "-c", file]);
        Assert.Equal(0, code);
        return string.Join('\n', output.Split('\n').Where(line => !line.StartsWith("balancerd: ", StringComparison.Ordinal) && !line.Contains(file, StringComparison.Ordinal)));
    }
}
