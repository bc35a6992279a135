using System.Runtime.Versioning;
using Balancer.Harness;

namespace Balancer.Daemon;

/// <summary>A start that fails says why in one clear line, never with a stack trace.</summary>
[SupportedOSPlatform("linux")]
public sealed class StartFailureScenarios
{
    private const string Site = "[[server]]\nlisten = \"127.0.0.1:PORT\"\nreturn = \"200 ok\"\n";

    /// <summary>A file, and the one line that a start says of it; <c>DIR</c>, <c>PORT</c> (free) and <c>TAKEN</c> are replaced in both.</summary>
    public static TheoryData<string, string> FilesThatCannotStart { get; } = new()
    {
        { "[[server]]\nlisten = \"127.0.0.1:TAKEN\"\nreturn = \"200\"\n", "DIR/a.toml:2:11: cannot listen on 127.0.0.1:TAKEN: the address is in use" },
        { "[[server]]\nlisten = \"127.0.0.1:1023\"\nreturn = \"200\"\n", "DIR/a.toml:2:11: cannot listen on 127.0.0.1:1023: permission denied; ports below 1024 need CAP_NET_BIND_SERVICE" },
        { "[[server]]\nlisten = \"203.0.113.9:PORT\"\nreturn = \"200\"\n", "DIR/a.toml:2:11: cannot listen on 203.0.113.9:PORT: this machine does not have the address" },
        { "[[server]]\nlisten = \"unix:DIR/closed/s\"\nreturn = \"200\"\n", "DIR/a.toml:2:11: cannot listen on unix:DIR/closed/s: permission denied" },
        { "[admin]\nlisten = \"127.0.0.1:TAKEN\"\n" + Site, "DIR/a.toml:2:11: [admin] listen: cannot bind 127.0.0.1:TAKEN: the address is in use" },
        { "pid = \"DIR/none/d.pid\"\n" + Site, "DIR/a.toml: pid: cannot create the pid file DIR/none/d.pid (No such file or directory)" },
        { "pid = \"DIR/closed/d.pid\"\n" + Site, "DIR/a.toml: pid: cannot create the pid file DIR/closed/d.pid (Permission denied)" },
        { "pid = \"DIR\"\n" + Site, "DIR/a.toml: pid: cannot create the pid file DIR (Is a directory)" },
        { "error_log = \"DIR/none/error.log\"\n" + Site, "DIR/a.toml:1:14: error_log: cannot open DIR/none/error.log: No such file or directory" },
        { "error_log = \"DIR/closed/error.log\"\n" + Site, "DIR/a.toml:1:14: error_log: cannot open DIR/closed/error.log: Permission denied" },
        { "access_log = \"DIR/none/access.log\"\n" + Site, "DIR/a.toml:1:15: cannot open the log DIR/none/access.log: No such file or directory" },
        { "access_log = \"DIR\"\n" + Site, "DIR/a.toml:1:15: cannot open the log DIR: Is a directory" },
        { "include = [\"unreadable.toml\"]\n" + Site, "DIR/a.toml:1:13: include: 'DIR/unreadable.toml' cannot be read: permission denied" },
        { "include = [\"missing.toml\"]\n" + Site, "DIR/a.toml:1:13: include: 'DIR/missing.toml' does not exist" },
        { "[[server]]\nlissten = \"80\"\nreturn = \"200\"\n", "DIR/a.toml:2:1: unknown key 'lissten' in [[server]], did you mean 'listen'?" },
        { "", "DIR/a.toml:1:1: there is no [[server]], so nothing would be listened on" },
    };

    [RequiresToolTheory("setpriv")]
    [MemberData(nameof(FilesThatCannotStart))]
    public async Task Start_that_fails_says_why_in_one_line_and_exits_with_1(string toml, string line)
    {
        await using var taken = TestUpstream.Start();
        using var directory = Operator.Prepare();
        var port = Ports.Next();
        string Fill(string text) => text
            .Replace("DIR", directory.Path, StringComparison.Ordinal)
            .Replace("PORT", $"{port}", StringComparison.Ordinal)
            .Replace("TAKEN", $"{taken.Port}", StringComparison.Ordinal);
        var file = directory.Write("a.toml", Fill(toml));

        var (code, output) = await Operator.RunAsync("-c", file);

        Assert.Equal((1, Fill(line)), (code, output));
    }
}
