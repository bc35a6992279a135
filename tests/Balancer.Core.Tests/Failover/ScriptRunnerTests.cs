using System.Diagnostics;
using System.Threading.Channels;
using Balancer.Configuration;
using Balancer.Infrastructure;
using Balancer.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Failover;

public sealed class ScriptRunnerTests : IAsyncDisposable
{
    private const int MostRuns = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private readonly string _directory = Directory.CreateTempSubdirectory("bal-script-").FullName;
    private readonly FakeTimeProvider _time = new();
    private readonly FailoverLog _log = new(NullLoggerFactory.Instance);
    private readonly Channel<int> _told = Channel.CreateUnbounded<int>();
    private ScriptRunner? _runner;
    private int _runs;

    public async ValueTask DisposeAsync()
    {
        if (_runner is not null)
        {
            await _runner.DisposeAsync();
        }

        await _log.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Outcome_changes_after_as_many_in_a_row_as_fall_and_rise_say()
    {
        await StartAsync(rise: 3, fall: 2);

        await EndRunsAsync(0, 1, 0, 1);
        Assert.False(_told.Reader.TryPeek(out _));
        await EndRunsAsync(1, 0, 0, 1, 0, 0);
        Assert.Equal(1, await _told.Reader.ReadAsync());
        Assert.False(_told.Reader.TryPeek(out _));
        await EndRunsAsync(0, 1);
        Assert.Equal(0, await _told.Reader.ReadAsync());
        Assert.False(_told.Reader.TryPeek(out _));
    }

    [Fact]
    public async Task First_outcome_counts_at_once()
    {
        await StartAsync(rise: 3, fall: 5);

        await EndRunsAsync(1);
        Assert.Equal(1, await _told.Reader.ReadAsync());
        await EndRunsAsync(0, 0, 1);
        Assert.False(_told.Reader.TryPeek(out _));
    }

    [Fact]
    public async Task Run_that_takes_too_long_has_failed_and_is_killed_with_what_it_started()
    {
        var script = Path.Combine(_directory, "hang.sh");
        await File.WriteAllTextAsync(script, "sleep 1000 &\necho $! > \"$(dirname \"$0\")/child\"\nwait\n");
        _runner = Run($"/bin/sh {script}", 1, 1, TimeSpan.FromSeconds(2));

        Assert.Equal(1, await _told.Reader.ReadAsync());

        var child = (await File.ReadAllTextAsync(Path.Combine(_directory, "child"))).Trim();
        await Eventually.TrueAsync(() => HasEnded(child));
    }

    [Fact]
    public async Task Script_that_cannot_be_started_has_failed()
    {
        _runner = Run("/nonexistent/script", 1, 1, null);

        Assert.Equal(1, await _told.Reader.ReadAsync());
    }

    private static bool HasEnded(string process)
    {
        try
        {
            // What follows the name in parentheses: a process nobody has asked for its exit code yet is a zombie.
            return File.ReadAllText($"/proc/{process}/stat").Contains(") Z", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    private string PipeOf(int run) => Path.Combine(_directory, $"outcome.{run}");

    private async Task StartAsync(int rise, int fall)
    {
        // Each run waits until it is told how to end.
        var script = Path.Combine(_directory, "run.sh");
        await File.WriteAllTextAsync(script, "cd \"$(dirname \"$0\")\"\necho run >> runs\nread outcome < outcome.$(wc -l < runs)\nexit $outcome\n");
        using var mkfifo = Process.Start("mkfifo", Enumerable.Range(1, MostRuns).Select(PipeOf));
        await mkfifo.WaitForExitAsync();
        _runner = Run($"/bin/sh {script}", rise, fall, null);
    }

    private ScriptRunner Run(string command, int rise, int fall, TimeSpan? timeout)
    {
        var config = new VrrpScriptConfig { Name = "check", Location = default, Command = command, Interval = Interval, Timeout = timeout, Rise = rise, Fall = fall };
        return new ScriptRunner(
            config,
            (kind, name, failure) =>
            {
                Assert.Equal((TrackKind.Script, "check"), (kind, name));
                _told.Writer.TryWrite(failure);
            },
            _log,
            _time);
    }

    /// <summary>Ends runs one after another. All but the last have been counted when it returns, for the next one has begun.</summary>
    private async Task EndRunsAsync(params int[] outcomes)
    {
        foreach (var outcome in outcomes)
        {
            var path = PipeOf(++_runs);
            await Task.Run(() => File.AppendAllText(path, $"{outcome}\n"));
            _time.Advance(Interval);
        }
    }
}
