using System.Net;
using Balancer.Harness;
using Xunit.Abstractions;

namespace Balancer.Failover;

/// <summary>balancerd and keepalived on one segment, in both roles: each heeds all the other sends, and the address is where it belongs.</summary>
[Collection(HeavyLoad.Name)]
public sealed class InteroperationScenarios(ITestOutputHelper output)
{
    public enum Kind
    {
        Version2,
        Version2Password,
        Version2Unicast,
        Version3,
        Version3Unicast,
        Ipv6,
        Ipv6Unicast,
    }

    public static TheoryData<Kind> Kinds => [.. Enum.GetValues<Kind>()];

    [SegmentTheory("keepalived")]
    [MemberData(nameof(Kinds))]
    public async Task A_better_balancerd_takes_over_from_keepalived_and_gives_back_when_it_stops(Kind kind)
    {
        await using var segment = new Segment();
        await using var keepalived = await KeepalivedProcess.StartAsync(segment, segment.Gateway2, Theirs(kind, segment.Gateway2, segment.Gateway1, 100));
        await keepalived.WaitForStateAsync("MASTER");
        await using var balancer = await StartOursAsync(kind, segment.Gateway1, segment.Gateway2, 110);

        await balancer.WaitForStateAsync("master");
        await keepalived.WaitForStateAsync("BACKUP");
        await Deadline.UntilAsync(() => Segment.Has(segment.Gateway1, Address(kind)) && !Segment.Has(segment.Gateway2, Address(kind)), () => "balancerd alone has the address");
        await AssertNothingRefusedAsync(keepalived, balancer);

        await balancer.StopAsync();
        await keepalived.WaitForStateAsync("MASTER");
        await Deadline.UntilAsync(() => Segment.Has(segment.Gateway2, Address(kind)), () => "keepalived has the address");
        Assert.False(Segment.Has(segment.Gateway1, Address(kind)));
        output.WriteLine(balancer.Gateway.Process.Output);
    }

    [SegmentTheory("keepalived")]
    [MemberData(nameof(Kinds))]
    public async Task A_better_keepalived_takes_over_from_balancerd_and_gives_back_when_it_dies(Kind kind)
    {
        await using var segment = new Segment();
        await using var balancer = await StartOursAsync(kind, segment.Gateway1, segment.Gateway2, 100);
        await balancer.WaitForStateAsync("master");
        await using (var keepalived = await KeepalivedProcess.StartAsync(segment, segment.Gateway2, Theirs(kind, segment.Gateway2, segment.Gateway1, 110)))
        {
            await keepalived.WaitForStateAsync("MASTER");
            await balancer.WaitForStateAsync("backup");
            Assert.False(Segment.Has(segment.Gateway1, Address(kind)));
            await AssertNothingRefusedAsync(keepalived, balancer);

            await keepalived.KillAsync();
        }

        await balancer.WaitForStateAsync("master");
        Assert.True(Segment.Has(segment.Gateway1, Address(kind)));
    }

    [SegmentTheory("keepalived")]
    [InlineData(Kind.Version2)]
    [InlineData(Kind.Version3)]
    [InlineData(Kind.Ipv6)]
    public async Task Priority_0_of_keepalived_is_heeded_after_the_skew_alone(Kind kind)
    {
        await using var segment = new Segment();
        await using var keepalived = await KeepalivedProcess.StartAsync(segment, segment.Gateway2, Theirs(kind, segment.Gateway2, segment.Gateway1, 200));
        await keepalived.WaitForStateAsync("MASTER");
        await using var balancer = await StartOursAsync(kind, segment.Gateway1, segment.Gateway2, 100);
        await Deadline.UntilAsync(() => balancer.Metric("balancer_vrrp_advertisements_received_total") > 0, () => "balancerd hears keepalived");

        await keepalived.StopAsync();
        await balancer.WaitForStateAsync("master");

        Assert.Contains(balancer.Gateway.Process.Lines, l => l.Contains("reason=master_left", StringComparison.Ordinal));
    }

    [SegmentTheory("keepalived")]
    [InlineData(Kind.Version3)]
    [InlineData(Kind.Ipv6)]
    public async Task Of_equal_priorities_the_higher_address_is_master_whoever_began(Kind kind)
    {
        await using var segment = new Segment();
        await using var balancer = await StartOursAsync(kind, segment.Gateway1, segment.Gateway2, 100);
        await balancer.WaitForStateAsync("master");
        await using var keepalived = await KeepalivedProcess.StartAsync(segment, segment.Gateway2, Theirs(kind, segment.Gateway2, segment.Gateway1, 100));
        await Deadline.UntilAsync(async () => (await keepalived.CountersAsync())["Advertisements: Received"] > 5, () => "keepalived hears balancerd");

        // Of equals the backup does not preempt.
        Assert.Equal("master", balancer.State());
        Assert.Equal("BACKUP", keepalived.StateOf());

        // Split them, so that both are masters; when they meet, the second one stays.
        segment.SetIsolated(segment.Gateway1, isolated: true);
        await keepalived.WaitForStateAsync("MASTER");
        segment.SetIsolated(segment.Gateway1, isolated: false);
        await balancer.WaitForStateAsync("backup");
        Assert.Equal("MASTER", keepalived.StateOf());
    }

    [SegmentTheory("keepalived")]
    [InlineData(Kind.Version3)]
    [InlineData(Kind.Ipv6)]
    public async Task Without_preemption_a_better_balancerd_stays_backup(Kind kind)
    {
        await using var segment = new Segment();
        await using var keepalived = await KeepalivedProcess.StartAsync(segment, segment.Gateway2, Theirs(kind, segment.Gateway2, segment.Gateway1, 100));
        await keepalived.WaitForStateAsync("MASTER");
        await using var balancer = await StartOursAsync(kind, segment.Gateway1, segment.Gateway2, 200, "nopreempt = true");
        await Deadline.UntilAsync(() => balancer.Metric("balancer_vrrp_advertisements_received_total") > 20, () => "balancerd hears keepalived");

        Assert.Equal("backup", balancer.State());
        await keepalived.KillAsync();
        await balancer.WaitForStateAsync("master");
    }

    [SegmentTheory("keepalived")]
    [InlineData(Kind.Version2)]
    [InlineData(Kind.Version3)]
    [InlineData(Kind.Ipv6)]
    public async Task A_changed_priority_moves_the_address_without_a_restart(Kind kind)
    {
        await using var segment = new Segment();
        await using var keepalived = await KeepalivedProcess.StartAsync(segment, segment.Gateway2, Theirs(kind, segment.Gateway2, segment.Gateway1, 100));
        await using var balancer = await StartOursAsync(kind, segment.Gateway1, segment.Gateway2, 110);
        await balancer.WaitForStateAsync("master");
        await keepalived.WaitForStateAsync("BACKUP");

        await balancer.ReloadAsync(Ours(kind, segment.Gateway1, segment.Gateway2, 90));
        await keepalived.WaitForStateAsync("MASTER");
        await balancer.WaitForStateAsync("backup");
        await balancer.ReloadAsync(Ours(kind, segment.Gateway1, segment.Gateway2, 110));
        await balancer.WaitForStateAsync("master");
        await keepalived.WaitForStateAsync("BACKUP");
        await AssertNothingRefusedAsync(keepalived, balancer);
    }

    private static bool IsIpv6(Kind kind) => kind is Kind.Ipv6 or Kind.Ipv6Unicast;

    private static bool IsUnicast(Kind kind) => kind is Kind.Version2Unicast or Kind.Version3Unicast or Kind.Ipv6Unicast;

    private static int Version(Kind kind) => kind is Kind.Version2 or Kind.Version2Password or Kind.Version2Unicast ? 2 : 3;

    private static double Interval(Kind kind) => Version(kind) == 2 ? 1 : 0.1;

    private static IPAddress Address(Kind kind) => IsIpv6(kind) ? Segment.Vip6 : Segment.Vip;

    private static IPAddress From(Kind kind, SegmentHost host) => IsIpv6(kind) ? host.LinkLocal : host.Address;

    private static Task<SegmentGateway> StartOursAsync(Kind kind, SegmentHost host, SegmentHost other, int priority, string instance = "") =>
        SegmentGateway.StartAsync(host, priority, Interval(kind), OurLines(kind, host, other) + instance, OurAddresses(kind), Version(kind));

    private static string Ours(Kind kind, SegmentHost host, SegmentHost other, int priority) =>
        SegmentGateway.Configure(host, priority, Interval(kind), OurLines(kind, host, other), OurAddresses(kind), Version(kind));

    private static string OurLines(Kind kind, SegmentHost host, SegmentHost other) =>
        (IsUnicast(kind) ? $"unicast_src_ip = \"{From(kind, host)}\"\nunicast_peer = [\"{From(kind, other)}\"]\n" : "") + (kind == Kind.Version2Password ? "authentication = \"geheim\"\n" : "");

    private static string OurAddresses(Kind kind) => IsIpv6(kind) ? "\"fe80::100/64\", \"fd00:9::100/64\"" : "\"10.9.0.100/24\"";

    private static string Theirs(Kind kind, SegmentHost host, SegmentHost other, int priority) => KeepalivedProcess.Configure(
        priority,
        Interval(kind),
        IsIpv6(kind) ? "fe80::100/64\nfd00:9::100/64" : "10.9.0.100/24",
        Version(kind),
        (IsUnicast(kind) ? $"unicast_src_ip {From(kind, host)}\nunicast_peer {{\n{From(kind, other)}\n}}" : "")
            + (kind == Kind.Version2Password ? "authentication {\nauth_type PASS\nauth_pass geheim\n}" : ""));

    private static async Task AssertNothingRefusedAsync(KeepalivedProcess keepalived, SegmentGateway balancer)
    {
        var counters = await keepalived.CountersAsync();
        Assert.DoesNotContain(counters, c => c.Key.Contains("Error", StringComparison.Ordinal) && c.Value != 0);
        Assert.True(counters["Advertisements: Received"] > 0);
        Assert.Equal(0, balancer.Metric("balancer_vrrp_advertisements_dropped_total"));
        Assert.True(balancer.Metric("balancer_vrrp_advertisements_received_total") > 0);
    }
}
