using System.Net;
using Balancer.Harness;
using Xunit.Abstractions;

namespace Balancer.Failover;

/// <summary>The addresses of a balancerd that is master, when others change them.</summary>
[Collection(HeavyLoad.Name)]
public sealed class AddressScenarios(ITestOutputHelper output)
{
    private const double Interval = 0.1;

    [SegmentFact]
    public async Task An_address_of_the_master_that_another_removes_comes_back_at_once()
    {
        await using var segment = new Segment();
        await using var gateway = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval);
        await gateway.WaitForStateAsync("master");
        using var probe = new TcpProbe(segment.Client, new IPEndPoint(Segment.Vip, SegmentGateway.Port), "GET / HTTP/1.1\r\nHost: vip\r\n\r\n"u8.ToArray());
        await probe.StartAsync();

        for (var i = 1; i <= 5; i++)
        {
            Segment.Ip(segment.Gateway1, "addr del 10.9.0.100/24 dev eth0");
            await Deadline.UntilAsync(() => Removals(gateway) == i && Segment.Has(segment.Gateway1, Segment.Vip), () => gateway.Gateway.Process.Output);
        }

        var report = await probe.FinishAsync(TimeSpan.FromMilliseconds(100));
        output.WriteLine($"{report}");
        Assert.InRange(report.LongestGap.TotalMilliseconds, 0, 200 + (2 * report.LongestPause.TotalMilliseconds));
        Assert.Equal(1, gateway.Takeovers);
    }

    [SegmentFact]
    public async Task Without_an_address_of_its_own_an_interface_is_in_fault_and_the_address_comes_back_with_it()
    {
        await using var segment = new Segment();
        await using var gateway = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval);
        await gateway.WaitForStateAsync("master");

        // The virtual address is of the same network and goes with the first one.
        Segment.Ip(segment.Gateway1, "addr del 10.9.0.1/24 dev eth0");
        await gateway.WaitForStateAsync("fault");
        Assert.False(Segment.Has(segment.Gateway1, Segment.Vip));
        Segment.Ip(segment.Gateway1, "addr add 10.9.0.1/24 dev eth0");
        await gateway.WaitForStateAsync("master");

        Assert.True(Segment.Has(segment.Gateway1, Segment.Vip));
        Assert.Equal(0, Removals(gateway));
    }

    [SegmentFact]
    public async Task Interfaces_that_come_and_go_beside_it_do_not_delay_the_heartbeat()
    {
        await using var segment = new Segment();
        using var capture = SegmentCapture.Start(segment);
        await using var gateway = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval);
        await gateway.WaitForStateAsync("master");
        capture.Clear();

        for (var i = 0; i < 40; i++)
        {
            Segment.Ip(segment.Gateway1, $"link add veth{i} type veth peer name peer{i}");
            Segment.Ip(segment.Gateway1, $"link set veth{i} up");
            Segment.Ip(segment.Gateway1, $"addr add 10.10.{i}.1/24 dev veth{i}");
            Segment.Ip(segment.Gateway1, $"link del veth{i}");
        }

        await Deadline.UntilAsync(() => capture.Advertisements.Count() >= 10, () => "advertisements are sent");
        var times = capture.Advertisements.Select(f => f.Time).ToArray();
        var longest = times.Zip(times[1..], (a, b) => b - a).Max();
        output.WriteLine($"{times.Length} advertisements, at most {longest} ms apart");
        Assert.InRange(longest, 90, 250);
        Assert.Equal(1, gateway.Takeovers);
    }

    [SegmentFact]
    public async Task The_address_is_announced_anew_when_the_hardware_address_has_changed()
    {
        const string Other = "02:00:00:00:00:77";
        await using var segment = new Segment();
        using var capture = SegmentCapture.Start(segment);
        await using var gateway = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval);
        await gateway.WaitForStateAsync("master");

        Segment.Ip(segment.Gateway1, $"link set eth0 address {Other}");

        await Deadline.UntilAsync(() => capture.Announcements.Any(f => f.Hardware == Other && Equals(f.Announced, Segment.Vip)), () => gateway.Gateway.Process.Output);
        Assert.Equal(1, gateway.Takeovers);
    }

    private static int Removals(SegmentGateway gateway) => gateway.Gateway.Process.Lines.Count(line => line.Contains("event=vrrp-address-removed", StringComparison.Ordinal));
}
