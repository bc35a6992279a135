using Balancer.Configuration;
using Balancer.TestSupport;

namespace Balancer.Failover;

/// <summary>What a group tells; its commands are not there, and so each of them is a line of the log.</summary>
public sealed class VrrpGroupTests
{
    private static readonly VrrpGroupConfig Config = new()
    {
        Name = "G",
        Location = SourceLocation.None,
        Commands = new VrrpCommands("/absent/any", "/absent/master", "/absent/backup", "/absent/fault", "/absent/stop"),
    };

    [Fact]
    public async Task A_group_is_where_all_of_its_instances_are() => Assert.Equal(
        ["backup", "any", "master", "any", "fault", "any", "backup", "any", "stop", "any"],
        await RunAsync(
            Config,
            [VrrpState.Initialize, VrrpState.Initialize],
            [VrrpState.Backup, VrrpState.Initialize],
            [VrrpState.Backup, VrrpState.Backup],
            [VrrpState.Master, VrrpState.Backup],
            [VrrpState.Master, VrrpState.Master],
            [VrrpState.Master, VrrpState.Master],
            [VrrpState.Fault, VrrpState.Master],
            [VrrpState.Fault, VrrpState.Fault],
            [VrrpState.Backup, VrrpState.Backup],
            [VrrpState.Initialize, VrrpState.Initialize]));

    [Fact]
    public async Task A_master_that_gives_up_stops_with_the_last_of_its_instances() => Assert.Equal(
        ["master", "any", "stop", "any"],
        await RunAsync(
            Config,
            [VrrpState.Master, VrrpState.Master],
            [VrrpState.Leaving, VrrpState.Leaving],
            [VrrpState.Leaving, VrrpState.Initialize],
            [VrrpState.Initialize, VrrpState.Initialize]));

    [Fact]
    public async Task Only_the_commands_there_are_are_run() => Assert.Equal(
        ["master"],
        await RunAsync(Config with { Commands = new VrrpCommands(NotifyMaster: "/absent/master") }, [VrrpState.Backup], [VrrpState.Master], [VrrpState.Fault], []));

    private static async Task<IEnumerable<string>> RunAsync(VrrpGroupConfig config, params VrrpState[][] steps)
    {
        var lines = new LogCapture();
        await using (var log = new FailoverLog(lines))
        {
            var commands = new NotifyCommands(log.NotifyFailed);
            var group = new VrrpGroup(config, commands);
            foreach (var states in steps)
            {
                group.Update(states);
            }

            await commands.EndAsync(TimeSpan.FromMinutes(1));
        }

        return lines.Named("vrrp-notify-failed").Select(line => line.Split(' ').Single(word => word.StartsWith("command=", StringComparison.Ordinal))["command=/absent/".Length..]);
    }
}
