using Balancer.Failover.Linux;
using Balancer.Harness;
using Xunit.Abstractions;

namespace Balancer.Failover;

/// <summary>The commands of notify: run at each change, as keepalived runs them, and never waited for while the address is at stake.</summary>
[Collection(HeavyLoad.Name)]
public sealed class NotifyScenarios(ITestOutputHelper output)
{
    private const double Interval = 0.1;
    private const string Notes = "echo \"$*\" >> \"$(dirname \"$0\")/notes\"\n";

    // Its output is not that of the daemon, whose end is seen by the end of its own.
    private const string Hang = "exec sleep 1000 > /dev/null 2>&1\n";

    private static readonly string[] Keys = ["notify_master", "notify_backup", "notify_fault", "notify_stop"];

    [SegmentFact]
    public async Task Each_change_runs_its_command_and_the_one_for_all_with_the_arguments_of_keepalived()
    {
        await using var segment = new Segment();
        await using var gateway = await StartAsync(
            segment, Notes, "notify = \"/bin/sh DIR/note.sh all\"\n" + string.Concat(Keys.Select(k => $"{k} = \"/bin/sh DIR/note.sh {k}\"\n")));

        await WaitForNoteAsync(gateway, 2, 1, "notify_backup", "all INSTANCE VI_1 BACKUP 110");
        await WaitForNoteAsync(gateway, 4, 1, "notify_master", "all INSTANCE VI_1 MASTER 110");
        Segment.SetLink(segment.Gateway1, up: false);
        await WaitForNoteAsync(gateway, 6, 1, "notify_fault", "all INSTANCE VI_1 FAULT 110");
        Segment.SetLink(segment.Gateway1, up: true);
        await WaitForNoteAsync(gateway, 8, 2, "notify_backup", "all INSTANCE VI_1 BACKUP 110");
        await WaitForNoteAsync(gateway, 10, 2, "notify_master", "all INSTANCE VI_1 MASTER 110");
        await gateway.StopAsync();
        await WaitForNoteAsync(gateway, 12, 1, "notify_stop", "all INSTANCE VI_1 STOP 110");
        Assert.Equal(12, Noted(gateway).Length);
    }

    [SegmentFact]
    public async Task A_stop_waits_for_the_commands_it_runs_as_the_service_manager_would_kill_them()
    {
        await using var segment = new Segment();
        await using var gateway = await StartAsync(segment, "sleep 1\n" + Notes, "notify_stop = \"/bin/sh DIR/note.sh stopped\"");
        await gateway.WaitForStateAsync("master");

        await gateway.StopAsync();

        Assert.Equal(["stopped"], Noted(gateway));
        Assert.False(Segment.Has(segment.Gateway1, Segment.Vip));
    }

    [SegmentFact]
    public async Task Commands_that_hang_or_cannot_be_run_delay_neither_the_heartbeat_nor_a_takeover()
    {
        await using var segment = new Segment();
        using var capture = SegmentCapture.Start(segment);
        await using var first = await StartAsync(
            segment, Hang, "notify = \"/bin/sh DIR/note.sh\"\nnotify_master = \"/nonexistent/command\"\nnotify_backup = \"/bin/false\"");
        await first.WaitForStateAsync("master");
        await using var second = await SegmentGateway.StartAsync(segment.Gateway2, 100, Interval);
        await second.WaitForStateAsync("backup");
        capture.Clear();

        await Deadline.UntilAsync(() => capture.Advertisements.Count() >= 20, () => "advertisements are sent");
        var times = capture.Advertisements.Select(f => f.Time).ToArray();
        var longest = times.Zip(times[1..], (a, b) => b - a).Max();
        output.WriteLine($"{times.Length} advertisements, at most {longest} ms apart");
        Assert.InRange(longest, 90, 250);
        Assert.All(capture.Advertisements, f => Assert.Equal(segment.Gateway1, f.Sender));
        var failure = Assert.Single(first.Gateway.Process.Lines, l => l.Contains("event=vrrp-notify-failed", StringComparison.Ordinal));
        Assert.Contains("/nonexistent/command", failure, StringComparison.Ordinal);

        // They have five seconds at the end, and are left to the service manager then; the address has long gone.
        await first.StopAsync();
        await second.WaitForStateAsync("master");
        Assert.Equal(1, second.Takeovers);
        Assert.False(Segment.Has(segment.Gateway1, Segment.Vip));
        Assert.NotEmpty(IpCommand.Run($"netns pids {segment.Gateway1.Namespace}"));
    }

    private static Task<SegmentGateway> StartAsync(Segment segment, string script, string commands) =>
        SegmentGateway.StartAsync(segment.Gateway1, 110, Interval, commands, files: new Dictionary<string, string> { ["note.sh"] = script });

    private static string[] Noted(SegmentGateway gateway)
    {
        var file = gateway.Gateway.FilePath("notes");
        return File.Exists(file) ? File.ReadAllLines(file) : [];
    }

    /// <summary>Waits until there are so many notes, among them as many of these two as there were such changes: commands run side by side, and are noted as they get on.</summary>
    private static async Task WaitForNoteAsync(SegmentGateway gateway, int count, int changes, string own, string all)
    {
        await Deadline.UntilAsync(() => Noted(gateway).Length >= count, () => $"{own} is noted; so far:\n{string.Join('\n', Noted(gateway))}\nthe log:\n{gateway.Gateway.Process.Output}");
        Assert.Equal((changes, changes), (Noted(gateway).Count(n => n == own), Noted(gateway).Count(n => n == all)));
    }
}
