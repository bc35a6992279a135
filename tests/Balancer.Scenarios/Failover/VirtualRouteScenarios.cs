using Balancer.Harness;

namespace Balancer.Failover;

/// <summary>The routes of two balancerd, which the master alone has.</summary>
public sealed class VirtualRouteScenarios
{
    private const double Interval = 0.1;
    private const string Far = "192.0.2.0/24 via 10.9.0.9 dev eth0 src 10.9.0.100 metric 100";
    private const string Policy = "default via 10.9.0.9 dev eth0 table 7";
    private const string Both = """virtual_routes = ["192.0.2.0/24 via 10.9.0.9 metric 100 src 10.9.0.100", "default via 10.9.0.9 table 7"]""";

    [SegmentFact]
    public async Task The_master_alone_has_the_routes_and_a_stop_leaves_none()
    {
        await using var segment = new Segment();
        await using var first = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval, Both);
        await first.WaitForStateAsync("master");
        await using var second = await SegmentGateway.StartAsync(segment.Gateway2, 100, Interval, Both);
        await second.WaitForStateAsync("backup");
        Assert.Equal([Far, Policy], Routes(segment.Gateway1));
        Assert.Empty(Routes(segment.Gateway2));

        await first.StopAsync();
        await second.WaitForStateAsync("master");

        await Deadline.UntilAsync(() => Routes(segment.Gateway2).Length == 2, () => "the second has the routes");
        Assert.Empty(Routes(segment.Gateway1));
        Assert.Equal([Far, Policy], Routes(segment.Gateway2));
    }

    [SegmentFact]
    public async Task What_a_crash_left_behind_is_released_and_a_route_of_another_stays()
    {
        await using var segment = new Segment();
        Segment.Ip(segment.Gateway1, "route add 192.0.2.0/24 via 10.9.0.2");
        await using var gateway = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval, Both);
        await Deadline.UntilAsync(() => Routes(segment.Gateway1).Length == 2, () => gateway.Gateway.Process.Output);

        await gateway.KillAsync();
        Assert.Equal([Far, Policy], Routes(segment.Gateway1));
        var (program, arguments) = GatewayProcess.Command;
        var release = segment.Start(segment.Gateway1, program, [.. arguments, "release", "-c", gateway.Gateway.ConfigFile]);
        Assert.Equal(0, await release.Exited);

        Assert.Contains("removed route eth0 192.0.2.0/24", release.Output);
        Assert.Empty(Routes(segment.Gateway1));
        Assert.Contains("192.0.2.0/24 via 10.9.0.2 dev eth0", Segment.Ip(segment.Gateway1, "route"));
    }

    [SegmentFact]
    public async Task A_reload_changes_the_routes_of_the_master_without_a_change_of_state()
    {
        await using var segment = new Segment();
        await using var gateway = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval, Both);
        await Deadline.UntilAsync(() => Routes(segment.Gateway1).Length == 2, () => gateway.Gateway.Process.Output);

        await gateway.ReloadAsync(SegmentGateway.Configure(segment.Gateway1, 110, Interval, """virtual_routes = ["default via 10.9.0.9 table 7", "198.51.100.0/24 dev eth0"]"""));
        Assert.Equal(["198.51.100.0/24 dev eth0 scope link", Policy], Routes(segment.Gateway1));
        await gateway.ReloadAsync(SegmentGateway.Configure(segment.Gateway1, 110, Interval));
        Assert.Empty(Routes(segment.Gateway1));

        Assert.Equal(1, gateway.Takeovers);
    }

    [SegmentFact]
    public async Task Routes_come_back_with_the_address_they_went_with()
    {
        await using var segment = new Segment();
        await using var gateway = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval, Both);
        await Deadline.UntilAsync(() => Routes(segment.Gateway1).Length == 2, () => gateway.Gateway.Process.Output);

        // The kernel takes the route with it whose source it is.
        Segment.Ip(segment.Gateway1, "addr del 10.9.0.100/24 dev eth0");
        await Deadline.UntilAsync(
            () => gateway.Gateway.Process.Lines.Any(l => l.Contains("event=vrrp-address-removed", StringComparison.Ordinal)) && Routes(segment.Gateway1).Length == 2,
            () => gateway.Gateway.Process.Output);

        Assert.Equal(1, gateway.Takeovers);
    }

    /// <summary>The routes that bear the daemon's mark, in all tables, without it.</summary>
    private static string[] Routes(SegmentHost host) => [.. Segment.Ip(host, "-4 route show table all").Split('\n')
        .Where(l => l.Contains(" proto 112", StringComparison.Ordinal))
        .Select(l => l.Replace(" proto 112", "", StringComparison.Ordinal).Trim()).Order(StringComparer.Ordinal)];
}
