using System.Net;
using Balancer.Harness;
using Xunit.Abstractions;

namespace Balancer.Failover;

/// <summary>An IPv4 and an IPv6 instance in one vrrp_sync_group, on interfaces of their own: clients find both families on one gateway, whatever happens to one of the two.</summary>
[Collection(HeavyLoad.Name)]
public sealed class SyncGroupScenarios(ITestOutputHelper output)
{
    private const double Interval = 0.1;
    private const string Instance6 = "VI_6";

    [SegmentTheory]
    [InlineData("link")]
    [InlineData("address")]
    [InlineData("track")]
    public async Task What_makes_one_instance_faulty_moves_both_and_both_come_back_together(string fault)
    {
        await using var segment = new Segment();
        await using var first = await StartAsync(segment, segment.Gateway1, 110, "track_file = { \"DIR/maintenance\" = 0 }");
        await WaitForStatesAsync(first, "master");
        await using var second = await StartAsync(segment, segment.Gateway2, 100);
        await WaitForStatesAsync(second, "backup");

        Break(first, fault);
        await WaitForStatesAsync(first, "fault");
        await WaitForStatesAsync(second, "master");
        await AssertAllAtAsync(second, first);
        AssertTogether(second);

        Mend(first, fault);
        await WaitForStatesAsync(first, "master");
        await WaitForStatesAsync(second, "backup");
        await AssertAllAtAsync(first, second);
        AssertTogether(first);
        Assert.Equal(4, first.Takeovers);
        Assert.Equal(2, second.Takeovers);
    }

    [SegmentFact]
    public async Task What_one_instance_tracks_weighs_for_both()
    {
        await using var segment = new Segment();
        await using var first = await StartAsync(segment, segment.Gateway1, 110, "track_file = { \"DIR/maintenance\" = -30 }");
        await WaitForStatesAsync(first, "master");
        await using var second = await StartAsync(segment, segment.Gateway2, 100);
        await WaitForStatesAsync(second, "backup");

        Break(first, "track");
        await WaitForStatesAsync(second, "master");
        await WaitForStatesAsync(first, "backup");
        await AssertAllAtAsync(second, first);

        // And so it stays: neither of the two takes its address back.
        var sent = second.Metric("balancer_vrrp_advertisements_sent_total");
        await Deadline.UntilAsync(() => second.Metric("balancer_vrrp_advertisements_sent_total") > sent + 30, () => "the second advertises");
        Assert.Equal((2, 2), (first.Takeovers, second.Takeovers));
        Assert.All(first.Status().GetProperty("virtual_routers").EnumerateArray(), r => Assert.Equal(80, r.GetProperty("priority").GetInt32()));

        Mend(first, "track");
        await WaitForStatesAsync(first, "master");
        await WaitForStatesAsync(second, "backup");
        Assert.Equal((4, 2), (first.Takeovers, second.Takeovers));
    }

    private static Task<SegmentGateway> StartAsync(Segment segment, SegmentHost host, int priority, string instance = "")
    {
        segment.AddLink(host);
        return SegmentGateway.StartAsync(host, priority, Interval, instance, rest: $$"""
            [vrrp_instance.{{Instance6}}]
            interface = "eth1"
            virtual_router_id = 52
            priority = {{priority}}
            advert_int = "100ms"
            virtual_ipaddress = ["fe80::100/64", "{{Segment.Vip6}}/64"]
            [vrrp_sync_group.both]
            group = ["VI_1", "{{Instance6}}"]
            """);
    }

    private static void Break(SegmentGateway gateway, string fault)
    {
        switch (fault)
        {
            case "link":
                Segment.SetLink(gateway.Host, up: false, "eth1");
                break;
            case "address":
                Segment.Ip(gateway.Host, $"addr del {gateway.Host.SecondLinkLocal}/64 dev eth1");
                break;
            default:
                File.WriteAllText(gateway.Gateway.FilePath("maintenance"), "1");
                break;
        }
    }

    private static void Mend(SegmentGateway gateway, string fault)
    {
        switch (fault)
        {
            case "link":
                // With the link its addresses of IPv6 went.
                Segment.SetLink(gateway.Host, up: true, "eth1");
                Segment.Ip(gateway.Host, $"addr add {gateway.Host.SecondLinkLocal}/64 dev eth1 nodad");
                break;
            case "address":
                Segment.Ip(gateway.Host, $"addr add {gateway.Host.SecondLinkLocal}/64 dev eth1 nodad");
                break;
            default:
                File.Delete(gateway.Gateway.FilePath("maintenance"));
                break;
        }
    }

    private static async Task WaitForStatesAsync(SegmentGateway gateway, string state)
    {
        await gateway.WaitForStateAsync(state);
        await gateway.WaitForStateAsync(state, Instance6);
    }

    private static async Task AssertAllAtAsync(SegmentGateway gateway, SegmentGateway other)
    {
        foreach (var address in (IPAddress[])[Segment.Vip, Segment.Vip6])
        {
            await Deadline.UntilAsync(() => Segment.Has(gateway.Host, address) && !Segment.Has(other.Host, address), () => $"{gateway.Host.Name} alone has {address}; its log:\n{gateway.Gateway.Process.Output}");
        }
    }

    /// <summary>Neither of the two waited for its own time.</summary>
    private void AssertTogether(SegmentGateway gateway)
    {
        var routers = gateway.Status().GetProperty("virtual_routers").EnumerateArray().ToArray();
        var since = routers.Select(r => r.GetProperty("since").GetDateTimeOffset()).ToArray();
        var apart = (since[1] - since[0]).Duration();
        output.WriteLine($"{gateway.Host.Name}: {apart.TotalMilliseconds} ms apart, {string.Join(", ", routers.Select(r => r.GetProperty("reason").GetString()))}");
        Assert.InRange(apart.TotalSeconds, 0, Interval);
    }
}
