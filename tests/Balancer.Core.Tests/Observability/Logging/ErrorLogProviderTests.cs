using System.Net.Sockets;
using Balancer.Configuration;
using Balancer.Infrastructure;
using Microsoft.Extensions.Logging;

namespace Balancer.Observability.Logging;

public sealed class ErrorLogProviderTests
{
    private static readonly EventId Ejected = new(1, "upstream-ejected");

    private readonly MemoryOpener _opener = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Event_is_one_line_of_pairs()
    {
        var lines = await LogAsync(logger => logger.Log(LogLevel.Warning, Ejected, "server {Server} of {Upstream} is out after {FailCount} failures", "10.0.0.1:80", "api", 3));
        Assert.Equal(["2026-11-21T03:27:27.123Z level=warn event=upstream-ejected server=10.0.0.1:80 upstream=api fail_count=3 msg=\"server 10.0.0.1:80 of api is out after 3 failures\""], lines);
    }

    [Theory]
    [InlineData(LogLevel.Debug, "Balancer.Proxy.X", "debug", "<7>")]
    [InlineData(LogLevel.Information, "Balancer.Proxy.X", "info", "<6>")]
    [InlineData(LogLevel.Information, "Balancer.Daemon.X", "notice", "<5>")]
    [InlineData(LogLevel.Warning, "Balancer.Proxy.X", "warn", "<4>")]
    [InlineData(LogLevel.Error, "Balancer.Proxy.X", "error", "<3>")]
    [InlineData(LogLevel.Critical, "Balancer.Proxy.X", "crit", "<2>")]
    public async Task Journal_is_told_the_priority(LogLevel level, string category, string name, string prefix)
    {
        var lines = await LogAsync(logger => logger.Log(level, Ejected, "m"), new ErrorLogConfig(null, ErrorLogLevel.Debug), category, journal: true);
        Assert.Equal([$"{prefix}2026-11-21T03:27:27.123Z level={name} event=upstream-ejected msg=m"], lines);
    }

    [Fact]
    public async Task File_has_no_priorities()
    {
        var lines = await LogAsync(logger => logger.Log(LogLevel.Error, Ejected, "m"), new ErrorLogConfig("e.log"), journal: true);
        Assert.StartsWith("2026-", Assert.Single(lines));
    }

    [Theory]
    [InlineData(ErrorLogLevel.Debug, "debug info notice warn error crit framework-info framework-warn")]
    [InlineData(ErrorLogLevel.Info, "info notice warn error crit framework-warn")]
    [InlineData(ErrorLogLevel.Notice, "notice warn error crit framework-warn")]
    [InlineData(ErrorLogLevel.Warn, "warn error crit framework-warn")]
    [InlineData(ErrorLogLevel.Error, "error crit")]
    [InlineData(ErrorLogLevel.Crit, "crit")]
    public async Task Level_is_the_least_that_is_written(ErrorLogLevel level, string expected)
    {
        await using (var provider = Start(new ErrorLogConfig(null, level)))
        {
            var proxy = provider.CreateLogger("Balancer.Proxy");
            proxy.LogDebug(new EventId(0, "debug"), "m");
            proxy.LogInformation(new EventId(0, "info"), "m");
            provider.CreateLogger("Balancer.Daemon").LogInformation(new EventId(0, "notice"), "m");
            proxy.LogWarning(new EventId(0, "warn"), "m");
            proxy.LogError(new EventId(0, "error"), "m");
            proxy.LogCritical(new EventId(0, "crit"), "m");
            provider.CreateLogger("Microsoft.AspNetCore").LogInformation(new EventId(0, "framework-info"), "m");
            provider.CreateLogger("Microsoft.AspNetCore").LogWarning(new EventId(0, "FrameworkWarn"), "m");
        }

        Assert.Equal(expected, string.Join(' ', Lines("stderr").Select(line => line.Split("event=")[1].Split(' ')[0])));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "\"\"")]
    [InlineData("two words", "\"two words\"")]
    [InlineData("a=b", "\"a=b\"")]
    [InlineData("say \"hi\" \\", "\"say \\\"hi\\\" \\\\\"")]
    [InlineData("x\n2026-01-01T00:00:00Z level=crit event=forged\r\t", "\"x\\n2026-01-01T00:00:00Z level=crit event=forged\\r\\t\"")]
    [InlineData("\u001b[31m\0\u007f", "\"\\u001b[31m\\u0000\\u007f\"")]
    [InlineData("\u0085\u2028\u202e", "\"\\u0085\\u2028\\u202e\"")]
    [InlineData("grün", "\"grün\"")]
    public async Task Values_cannot_forge_a_line(string value, string expected)
    {
        var lines = await LogAsync(logger => logger.Log(LogLevel.Error, Ejected, "{Value} x", value));
        Assert.StartsWith($"2026-11-21T03:27:27.123Z level=error event=upstream-ejected value={System.Text.Encoding.Latin1.GetString(System.Text.Encoding.UTF8.GetBytes(expected))} msg=", Assert.Single(lines));
    }

    [Theory]
    [InlineData(null, "\"\"")]
    [InlineData(1.5, "1.5")]
    [InlineData(true, "true")]
    [InlineData(new[] { "a", "b" }, "a,b")]
    [InlineData(new byte[] { 0x41, 0x42 }, "AB")]
    [InlineData(DayOfWeek.Sunday, "sunday")]
    [InlineData(Http.ProxyError.UpstreamReset, "upstream_reset")]
    public async Task Values_of_any_type_are_printed(object? value, string expected)
    {
        KeyValuePair<string, object?>[] state = [new("v", value)];
        var lines = await LogAsync(logger => logger.Log(LogLevel.Error, Ejected, state, null, (_, _) => "m"));
        Assert.Equal($"2026-11-21T03:27:27.123Z level=error event=upstream-ejected v={expected} msg=m", Assert.Single(lines));
    }

    [Theory]
    [InlineData("a try failed: upstream={Upstream} server={Server}", "msg=\"a try failed\"")]
    [InlineData("a try failed: server={Server}", "msg=\"a try failed\"")]
    [InlineData("a try of {Upstream} failed: server={Server}", "msg=\"a try of api failed: server=10.0.0.1\"")]
    [InlineData("a try failed: server {Server}", "msg=\"a try failed: server 10.0.0.1\"")]
    [InlineData("a try failed: server={Server}, sorry", "msg=\"a try failed: server=10.0.0.1, sorry\"")]
    [InlineData("{Server}", "msg=10.0.0.1")]
    public async Task Message_does_not_repeat_the_pairs_it_ends_with(string format, string expected)
    {
        var values = new Dictionary<string, object?> { ["Upstream"] = "api", ["Server"] = "10.0.0.1", ["{OriginalFormat}"] = format };
        var lines = await LogAsync(logger => logger.Log(LogLevel.Error, Ejected, values, null, (_, _) => format.Replace("{Upstream}", "api").Replace("{Server}", "10.0.0.1")));
        Assert.EndsWith(" " + expected, Assert.Single(lines));
    }

    [Fact]
    public async Task Exceptions_of_traffic_have_no_stack_trace_and_bugs_have_theirs_on_one_line()
    {
        var lines = await LogAsync(logger =>
        {
            logger.Log(LogLevel.Error, Ejected, Thrown(new SocketException((int)SocketError.ConnectionReset)), "m");
            logger.Log(LogLevel.Error, Ejected, Thrown(new InvalidOperationException("a\nb")), "m");
        });
        Assert.EndsWith("msg=m exception=SocketException error=\"Connection reset by peer\"", lines[0]);
        Assert.Contains("msg=m exception=InvalidOperationException error=\"a\\nb\" stack=\"System.InvalidOperationException: a\\nb", lines[1]);
        Assert.Contains(nameof(Thrown), lines[1]);
        Assert.Equal(2, lines.Length);
    }

    [Fact]
    public async Task Storm_of_one_event_is_cut_down_to_its_number()
    {
        var provider = Start(new ErrorLogConfig());
        var logger = provider.CreateLogger("Balancer.Proxy");
        for (var i = 0; i < 1000; i++)
        {
            logger.LogInformation(new EventId(0, "client-malformed"), "m");
        }

        logger.LogInformation(new EventId(0, "other"), "m");
        _time.Advance(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 20; i++)
        {
            logger.LogInformation(new EventId(0, "client-malformed"), "m");
        }

        await provider.DisposeAsync();
        var lines = Lines("stderr");
        Assert.Equal(100 + 10, lines.Count(line => line.Contains("event=client-malformed")));
        Assert.Single(lines, line => line.Contains("event=other"));
        Assert.Equal(
            [
                "2026-11-21T03:27:37.123Z level=warn event=events-suppressed of=client-malformed count=900 msg=\"900 more events 'client-malformed' were not logged\"",
                "2026-11-21T03:27:37.123Z level=warn event=events-suppressed of=client-malformed count=10 msg=\"10 more events 'client-malformed' were not logged\"",
            ],
            lines.Where(line => line.Contains("events-suppressed")));
    }

    [Fact]
    public async Task Reopen_goes_over_to_a_new_file()
    {
        var provider = Start(new ErrorLogConfig("e.log"));
        var logger = provider.CreateLogger("Balancer.Proxy");
        logger.LogError(Ejected, "one");
        await provider.ReopenAsync();
        logger.LogError(Ejected, "two");
        await provider.DisposeAsync();
        Assert.Contains("msg=one", Assert.Single(_opener.Opened["e.log"][0].Lines));
        Assert.Contains("msg=two", Assert.Single(_opener.Opened["e.log"][1].Lines));
    }

    [Fact]
    public async Task Reload_changes_destination_and_level_or_nothing()
    {
        var provider = Start(new ErrorLogConfig("a.log"));
        var logger = provider.CreateLogger("Balancer.Proxy");
        _opener.Failing.Add("bad.log");
        await Assert.ThrowsAsync<IOException>(() => provider.ApplyAsync(new ErrorLogConfig("bad.log", ErrorLogLevel.Crit)));
        logger.LogError(Ejected, "one");
        await provider.ApplyAsync(new ErrorLogConfig(null, ErrorLogLevel.Warn));
        logger.LogInformation(Ejected, "hidden");
        logger.LogWarning(Ejected, "two");
        await provider.DisposeAsync();
        Assert.Contains("msg=one", Assert.Single(Lines("a.log")));
        Assert.Contains("msg=two", Assert.Single(Lines("stderr")));
    }

    [Theory]
    [InlineData("9:123", "socket:[123]", true)]
    [InlineData("9:123", "socket:[1234]", false)]
    [InlineData("9:123", "/dev/pts/1", false)]
    [InlineData("9:123", null, false)]
    [InlineData(null, "socket:[123]", false)]
    [InlineData("", "socket:[]", false)]
    public void Journal_is_recognised_by_the_inode(string? variable, string? link, bool expected) => Assert.Equal(expected, JournalStream.Matches(variable, link));

    private static Exception Thrown(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private async Task<string[]> LogAsync(Action<ILogger> log, ErrorLogConfig? config = null, string category = "Balancer.Proxy.X", bool journal = false)
    {
        config ??= new ErrorLogConfig();
        await using (var provider = Start(config, journal))
        {
            log(provider.CreateLogger(category));
        }

        return Lines(config.Path ?? "stderr");
    }

    private ErrorLogProvider Start(ErrorLogConfig config, bool journal = false) => new(config, _opener, _time, journal);

    private string[] Lines(string path) => _opener.Opened[path][0].Lines;
}
