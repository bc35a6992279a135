using System.Net;
using Balancer.Harness;

namespace Balancer.Failover;

/// <summary>What happens between balancerd and keepalived on a segment of their own.</summary>
internal static class Interoperation
{
    /// <summary>A better balancerd comes, and goes again.</summary>
    public static async Task TakeOverAsync(InteroperationKind kind)
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
    }

    /// <summary>A better keepalived comes, and dies.</summary>
    public static async Task GiveWayAsync(InteroperationKind kind)
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

    /// <summary>keepalived says that it ends.</summary>
    public static async Task HeedPriority0Async(InteroperationKind kind)
    {
        await using var segment = new Segment();
        await using var keepalived = await KeepalivedProcess.StartAsync(segment, segment.Gateway2, Theirs(kind, segment.Gateway2, segment.Gateway1, 200));
        await keepalived.WaitForStateAsync("MASTER");
        await using var balancer = await StartOursAsync(kind, segment.Gateway1, segment.Gateway2, 100);
        await Deadline.UntilAsync(() => balancer.Metric("balancer_vrrp_advertisements_received_total") > 0, () => $"balancerd hears keepalived; its log:\n{balancer.Gateway.Process.Output}\nkeepalived's:\n{keepalived.Log}");

        await keepalived.StopAsync();
        await balancer.WaitForStateAsync("master");

        Assert.Contains(balancer.Gateway.Process.Lines, l => l.Contains("reason=master_left", StringComparison.Ordinal));
    }

    /// <summary>Both have the same priority.</summary>
    public static async Task CompareAddressesAsync(InteroperationKind kind)
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

    /// <summary>A better balancerd that does not preempt comes.</summary>
    public static async Task StayBackupAsync(InteroperationKind kind)
    {
        await using var segment = new Segment();
        await using var keepalived = await KeepalivedProcess.StartAsync(segment, segment.Gateway2, Theirs(kind, segment.Gateway2, segment.Gateway1, 100));
        await keepalived.WaitForStateAsync("MASTER");
        await using var balancer = await StartOursAsync(kind, segment.Gateway1, segment.Gateway2, 200, "nopreempt = true");
        await Deadline.UntilAsync(() => balancer.Metric("balancer_vrrp_advertisements_received_total") > 20, () => $"balancerd hears keepalived; its log:\n{balancer.Gateway.Process.Output}\nkeepalived's:\n{keepalived.Log}");

        Assert.Equal("backup", balancer.State());
        await keepalived.KillAsync();
        await balancer.WaitForStateAsync("master");
    }

    /// <summary>balancerd is reloaded with a lower priority, and with the former.</summary>
    public static async Task ChangePriorityAsync(InteroperationKind kind)
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

    private static bool IsIpv6(InteroperationKind kind) => kind is InteroperationKind.Ipv6 or InteroperationKind.Ipv6Unicast;

    private static bool IsUnicast(InteroperationKind kind) => kind is InteroperationKind.Version2Unicast or InteroperationKind.Version3Unicast or InteroperationKind.Ipv6Unicast;

    private static int Version(InteroperationKind kind) => kind is InteroperationKind.Version2 or InteroperationKind.Version2Password or InteroperationKind.Version2Unicast ? 2 : 3;

    private static double Interval(InteroperationKind kind) => Version(kind) == 2 ? 1 : 0.1;

    private static IPAddress Address(InteroperationKind kind) => IsIpv6(kind) ? Segment.Vip6 : Segment.Vip;

    private static IPAddress From(InteroperationKind kind, SegmentHost host) => IsIpv6(kind) ? host.LinkLocal : host.Address;

    private static Task<SegmentGateway> StartOursAsync(InteroperationKind kind, SegmentHost host, SegmentHost other, int priority, string instance = "") =>
        SegmentGateway.StartAsync(host, priority, Interval(kind), OurLines(kind, host, other) + instance, OurAddresses(kind), Version(kind));

    private static string Ours(InteroperationKind kind, SegmentHost host, SegmentHost other, int priority) =>
        SegmentGateway.Configure(host, priority, Interval(kind), OurLines(kind, host, other), OurAddresses(kind), Version(kind));

    private static string OurLines(InteroperationKind kind, SegmentHost host, SegmentHost other) =>
        (IsUnicast(kind) ? $"unicast_src_ip = \"{From(kind, host)}\"\nunicast_peer = [\"{From(kind, other)}\"]\n" : "") + (kind == InteroperationKind.Version2Password ? "authentication = \"geheim\"\n" : "");

    private static string OurAddresses(InteroperationKind kind) => IsIpv6(kind) ? "\"fe80::100/64\", \"fd00:9::100/64\"" : "\"10.9.0.100/24\"";

    private static string Theirs(InteroperationKind kind, SegmentHost host, SegmentHost other, int priority) => KeepalivedProcess.Configure(
        priority,
        Interval(kind),
        IsIpv6(kind) ? "fe80::100/64\nfd00:9::100/64" : "10.9.0.100/24",
        Version(kind),
        (IsUnicast(kind) ? $"unicast_src_ip {From(kind, host)}\nunicast_peer {{\n{From(kind, other)}\n}}" : "")
            + (kind == InteroperationKind.Version2Password ? "authentication {\nauth_type PASS\nauth_pass geheim\n}" : ""),

        // As balancerd's heartbeat: at 0.1 s a busy machine must not make either of them silent.
        "vrrp_rt_priority 10");

    private static async Task AssertNothingRefusedAsync(KeepalivedProcess keepalived, SegmentGateway balancer)
    {
        var counters = await keepalived.CountersAsync();
        Assert.DoesNotContain(counters, c => c.Key.Contains("Error", StringComparison.Ordinal) && c.Value != 0);
        Assert.True(counters["Advertisements: Received"] > 0);
        Assert.Equal(0, balancer.Metric("balancer_vrrp_advertisements_dropped_total"));
        Assert.True(balancer.Metric("balancer_vrrp_advertisements_received_total") > 0);
    }
}
