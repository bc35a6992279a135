using System.Globalization;
using Balancer.Failover.Linux;
using Balancer.Harness;
using Xunit.Abstractions;

namespace Balancer.Failover;

/// <summary>What a virtual router depends on beside its own interface: the address follows it.</summary>
[Collection(HeavyLoad.Name)]
public sealed class TrackScenarios(ITestOutputHelper output)
{
    private const double Interval = 0.1;

    /// <summary>Fails while there is a file "failing" beside it.</summary>
    private const string Check = "test ! -e \"$(dirname \"$0\")/failing\"\n";

    /// <summary>Hangs, with a process of its own, while there is a file "failing" beside it.</summary>
    private const string Hang = "test ! -e \"$(dirname \"$0\")/failing\" && exit 0\nsleep 1000\nexit 0\n";

    /// <summary>Fails at the runs 2, 4, 5, 7 and 8, which it counts in a file.</summary>
    private const string Script = """
        cd "$(dirname "$0")"
        echo run >> runs
        case $(wc -l < runs) in 2 | 4 | 5 | 7 | 8) exit 1 ;; esac

        """;

    [SegmentTheory]
    [InlineData("interface", -30)]
    [InlineData("interface", 0)]
    [InlineData("file", -30)]
    [InlineData("file", 0)]
    [InlineData("script", -30)]
    [InlineData("script", 0)]
    public async Task The_address_leaves_with_what_fails_and_comes_back_with_it(string kind, int weight)
    {
        await using var segment = new Segment();
        Segment.Ip(segment.Gateway1, "link add eth1 type veth peer name cable");
        Segment.Ip(segment.Gateway1, "link set eth1 up");
        Segment.Ip(segment.Gateway1, "link set cable up");
        var name = kind switch { "interface" => "eth1", "file" => "\"DIR/failing\"", _ => "check" };
        await using var first = await SegmentGateway.StartAsync(
            segment.Gateway1, 110, Interval, $"track_{kind} = {{ {name} = {weight} }}", rest: kind == "script" ? Run("check.sh", "interval = \"200ms\"") : "", files: Files(Check));
        await first.WaitForStateAsync("master");
        await using var second = await SegmentGateway.StartAsync(segment.Gateway2, 100, Interval);
        await second.WaitForStateAsync("backup");

        Fail(true);
        await second.WaitForStateAsync("master");
        await first.WaitForStateAsync(weight == 0 ? "fault" : "backup");
        Assert.False(Segment.Has(segment.Gateway1, Segment.Vip));
        Assert.True(Segment.Has(segment.Gateway2, Segment.Vip));
        Assert.Equal(110 + weight, first.Status().GetProperty("virtual_routers")[0].GetProperty("priority").GetInt32());

        Fail(false);
        await first.WaitForStateAsync("master");
        await second.WaitForStateAsync("backup");
        Assert.True(Segment.Has(segment.Gateway1, Segment.Vip));
        Assert.Equal((2, 1), (first.Takeovers, second.Takeovers));

        void Fail(bool fails)
        {
            if (kind == "interface")
            {
                Segment.SetLink(segment.Gateway1, !fails, "cable");
            }
            else if (fails)
            {
                File.WriteAllText(first.Gateway.FilePath("failing"), "1");
            }
            else
            {
                File.Delete(first.Gateway.FilePath("failing"));
            }
        }
    }

    [SegmentFact]
    public async Task A_script_fails_and_works_again_after_as_many_outcomes_in_a_row_as_fall_and_rise_say()
    {
        await using var segment = new Segment();
        await using var gateway = await SegmentGateway.StartAsync(
            segment.Gateway1, 110, Interval, "track_script = [\"check\"]", rest: Run("check.sh", "interval = \"100ms\"\nweight = -30\nfall = 2\nrise = 3"), files: Files(Script));
        await gateway.WaitForStateAsync("master");

        await Deadline.UntilAsync(() => File.Exists(gateway.Gateway.FilePath("runs")) && File.ReadLines(gateway.Gateway.FilePath("runs")).Count() > 14, () => "the script runs");

        // Down at the 5th run, and up at the 11th: a single failure, and a single success, are not enough.
        Assert.Equal(["script check fails 80", "script check works 110"], Tracked(gateway));
        Assert.Equal(1, gateway.Takeovers);
    }

    [SegmentFact]
    public async Task A_gateway_that_begins_with_a_failing_script_does_not_take_over_first()
    {
        await using var segment = new Segment();
        await using var second = await SegmentGateway.StartAsync(segment.Gateway2, 100, Interval);
        await second.WaitForStateAsync("master");
        await using var first = await SegmentGateway.StartAsync(
            segment.Gateway1, 110, Interval, "track_script = [\"check\"]", rest: Run("check.sh", "interval = \"1h\"\nfall = 3"), files: Files("exit 1\n"));

        await first.WaitForStateAsync("fault");

        Assert.Equal(0, first.Takeovers);
        Assert.Equal("script check", first.Status().GetProperty("virtual_routers")[0].GetProperty("fault").GetString());
    }

    [SegmentFact]
    public async Task A_script_that_hangs_has_failed_when_its_time_is_up_and_is_ended_with_what_it_started()
    {
        await using var segment = new Segment();
        using var capture = SegmentCapture.Start(segment);
        await using var gateway = await SegmentGateway.StartAsync(
            segment.Gateway1, 110, Interval, "track_script = [\"check\"]", rest: Run("check.sh", "interval = \"300ms\"\ntimeout = \"200ms\"\nweight = -10"), files: Files(Hang));
        await gateway.WaitForStateAsync("master");
        capture.Clear();

        await File.WriteAllTextAsync(gateway.Gateway.FilePath("failing"), "");
        await Deadline.UntilAsync(() => Tracked(gateway).Length > 0, () => $"the script fails; the log:\n{gateway.Gateway.Process.Output}");
        await Deadline.UntilAsync(() => capture.Advertisements.Count() >= 20, () => "advertisements are sent");

        Assert.Equal(["script check fails 100"], Tracked(gateway));
        Assert.Equal("master", gateway.State());
        var times = capture.Advertisements.Select(f => f.Time).ToArray();
        var longest = times.Zip(times[1..], (a, b) => b - a).Max();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times.Length} advertisements, at most {longest} ms apart"));
        Assert.InRange(longest, 90, 250);

        // The daemon, and one run at most: a shell and the program it waits for.
        Assert.InRange(Processes(segment.Gateway1).Length, 1, 3);
        await gateway.StopAsync();
        await Deadline.UntilAsync(() => Processes(segment.Gateway1).Length == 0, () => "the script is ended with the daemon");
    }

    private static string Run(string script, string settings) => $"[vrrp_script.check]\nscript = \"/bin/sh DIR/{script}\"\n{settings}";

    private static Dictionary<string, string> Files(string script) => new() { ["check.sh"] = script };

    private static string[] Processes(SegmentHost host) => IpCommand.Run($"netns pids {host.Namespace}").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What was said of things tracked, as in "script check fails 80".</summary>
    private static string[] Tracked(SegmentGateway gateway) =>
    [
        .. gateway.Gateway.Process.Lines
            .Where(l => l.Contains("event=vrrp-track", StringComparison.Ordinal))
            .Select(l => $"{Field(l, "what")} {Field(l, "state")} {Field(l, "priority")}"),
    ];

    private static string Field(string line, string name)
    {
        var start = line.IndexOf($" {name}=", StringComparison.Ordinal) + name.Length + 2;
        var isQuoted = line[start] == '"';
        return isQuoted ? line[(start + 1)..line.IndexOf('"', start + 1)] : line[start..line.IndexOf(' ', start)];
    }
}
