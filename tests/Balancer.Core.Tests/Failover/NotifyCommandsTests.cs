using System.Diagnostics;
using Balancer.TestSupport;

namespace Balancer.Failover;

public sealed class NotifyCommandsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("bal-notify-").FullName;
    private readonly List<(string Command, string Error)> _failures = [];
    private readonly NotifyCommands _commands;

    public NotifyCommandsTests() => _commands = new NotifyCommands((command, error) => _failures.Add((command, error)));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Runs_a_command_with_the_arguments_added_and_waits_for_it_at_the_end()
    {
        var file = Path.Combine(_directory, "noted");
        var script = Path.Combine(_directory, "note.sh");
        await File.WriteAllTextAsync(script, $"echo \"$#:$1:$2:$3\" > {file}\n");

        _commands.Run($"/bin/sh {script}  one", ["VI 1", "MASTER"]);
        await _commands.EndAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("3:one:VI 1:MASTER\n", await File.ReadAllTextAsync(file));
        Assert.Empty(_failures);
    }

    [Fact]
    public async Task Reports_what_cannot_be_started_and_goes_on()
    {
        _commands.Run("/nonexistent/command now", []);
        _commands.Run("/bin/true", []);
        await _commands.EndAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("/nonexistent/command now", Assert.Single(_failures).Command);
    }

    [Fact]
    public async Task Leaves_alone_what_does_not_end_in_time()
    {
        var script = Path.Combine(_directory, "hang.sh");
        var pid = Path.Combine(_directory, "pid");
        await File.WriteAllTextAsync(script, $"echo $$ > {pid}.new && mv {pid}.new {pid}\nexec sleep 1000\n");

        _commands.Run($"/bin/sh {script}", []);
        await _commands.EndAsync(TimeSpan.FromMilliseconds(100));

        await Eventually.TrueAsync(() => File.Exists(pid));
        using var process = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pid)));
        Assert.False(process.HasExited);
        process.Kill();
        await _commands.EndAsync(TimeSpan.FromMinutes(1));
    }
}
