using Balancer.Harness;

namespace Balancer.Failover;

/// <summary>Two instances that are master together, and the commands that tell of them as a whole.</summary>
public sealed class GroupScenarios
{
    private const double Interval = 0.1;

    [SegmentFact]
    public async Task The_commands_of_a_group_are_run_once_for_all_of_its_instances()
    {
        using var directory = new TempDirectory();
        var said = directory.File("said");
        directory.Write("notify.sh", $"echo \"$@\" >> {said}\n");
        var rest = $"""
            [vrrp_instance.VI_2]
            interface = "eth0"
            virtual_router_id = 52
            priority = 110
            version = 3
            advert_int = "100ms"
            virtual_ipaddress = "10.9.0.101/24"
            track_file = "{directory.File("maintenance")}"
            [vrrp_sync_group.G]
            group = ["VI_1", "VI_2"]
            notify = "/bin/sh {directory.File("notify.sh")} any"
            notify_master = "/bin/sh {directory.File("notify.sh")} master"
            notify_backup = "/bin/sh {directory.File("notify.sh")} backup"
            notify_fault = "/bin/sh {directory.File("notify.sh")} fault"
            notify_stop = "/bin/sh {directory.File("notify.sh")} stop"
            """;
        await using var segment = new Segment();
        await using var gateway = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval, rest: rest);
        await WaitForAsync(said, "any GROUP G BACKUP 0", "any GROUP G MASTER 0", "backup", "master");

        // One in fault takes the other with it.
        directory.Write("maintenance", "1");
        await WaitForAsync(said, "any GROUP G BACKUP 0", "any GROUP G FAULT 0", "any GROUP G MASTER 0", "backup", "fault", "master");
        await gateway.WaitForStateAsync("fault");

        await gateway.StopAsync();
        await WaitForAsync(said, "any GROUP G BACKUP 0", "any GROUP G FAULT 0", "any GROUP G MASTER 0", "any GROUP G STOP 0", "backup", "fault", "master", "stop");
    }

    /// <summary>Each command is a process of its own, whose order is up to the system.</summary>
    private static Task WaitForAsync(string file, params string[] lines) => Deadline.UntilAsync(
        () => File.Exists(file) && File.ReadAllLines(file).Order(StringComparer.Ordinal).SequenceEqual(lines),
        () => $"the commands say {string.Join(", ", lines)}; they said {(File.Exists(file) ? File.ReadAllText(file) : "nothing")}");
}
