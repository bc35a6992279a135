using System.Globalization;
using System.Net;
using Balancer.Harness;
using Xunit.Abstractions;

namespace Balancer.Failover;

/// <summary>keepalived alone, which shows that the segment, the probes and the capture measure what they say.</summary>
[Collection(HeavyLoad.Name)]
public sealed class KeepalivedScenarios(ITestOutputHelper output)
{
    private const double Interval = 0.1;

    [SegmentFact("keepalived")]
    public async Task The_virtual_address_is_taken_over_about_three_intervals_after_a_crash()
    {
        await using var segment = new Segment();
        using var capture = SegmentCapture.Start(segment);
        using var service1 = EchoService.Start(segment.Gateway1);
        using var service2 = EchoService.Start(segment.Gateway2);
        await using var better = await KeepalivedProcess.StartAsync(segment, segment.Gateway1, KeepalivedProcess.Configure(110, Interval));
        await using var other = await KeepalivedProcess.StartAsync(segment, segment.Gateway2, KeepalivedProcess.Configure(100, Interval));
        await better.WaitForStateAsync("MASTER");
        await other.WaitForStateAsync("BACKUP");
        using var udp = new UdpProbe(segment.Client, Segment.Vip);
        using var tcp = new TcpProbe(segment.Client, new IPEndPoint(Segment.Vip, EchoService.Port));
        await udp.StartAsync();
        await tcp.StartAsync();
        capture.Clear();
        await Deadline.UntilAsync(() => capture.Advertisements.Count() >= 5, () => "advertisements are sent");

        await better.KillAsync();
        service1.Dispose();
        var reports = await Task.WhenAll(udp.FinishAsync(TimeSpan.FromSeconds(1)), tcp.FinishAsync(TimeSpan.FromSeconds(1)));

        output.WriteLine($"udp {reports[0]}\ntcp {reports[1]}");
        Assert.Equal("MASTER", other.StateOf());
        foreach (var report in reports)
        {
            // 3 intervals and a skew of 0.06 s, from the last advertisement; the crash is within an interval of it.
            Assert.InRange(report.LongestGap.TotalMilliseconds, 200, 1_500);
        }

        Assert.Equal(["gw1", "gw2"], reports[0].Answers.Keys);
        Assert.Contains(capture.Announcements, f => f.Sender == segment.Gateway2 && Equals(f.Announced, Segment.Vip));
        var advertisement = capture.Advertisements.First(f => f.Sender == segment.Gateway1);
        Assert.Equal(("10.9.0.1", "224.0.0.18", 255, 0xC0, segment.Gateway1.Hardware), ($"{advertisement.Source}", $"{advertisement.Destination}", advertisement.TimeToLive, advertisement.TypeOfService, advertisement.Hardware));
        Assert.Equal("31336E01000A", Convert.ToHexString(advertisement.Payload[..6]));
        var times = capture.Advertisements.Where(f => f.Sender == segment.Gateway1).Select(f => f.Time).ToArray();
        Assert.InRange(times.Zip(times[1..], (a, b) => b - a).Order().ElementAt((times.Length - 1) / 2), 80, 200);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times.Length} advertisements"));
    }

    [SegmentTheory("keepalived")]
    [InlineData("link")]
    [InlineData("carrier")]
    [InlineData("isolation")]
    [InlineData("stop")]
    public async Task The_virtual_address_moves_when_its_gateway_cannot_be_reached(string fault)
    {
        await using var segment = new Segment();
        using var service1 = EchoService.Start(segment.Gateway1, Segment.Vip, Segment.Vip6);
        using var service2 = EchoService.Start(segment.Gateway2, Segment.Vip, Segment.Vip6);
        await using var better = await KeepalivedProcess.StartAsync(segment, segment.Gateway1, KeepalivedProcess.Configure(110, Interval));
        await using var other = await KeepalivedProcess.StartAsync(segment, segment.Gateway2, KeepalivedProcess.Configure(100, Interval));
        await better.WaitForStateAsync("MASTER");
        await other.WaitForStateAsync("BACKUP");
        using var udp = new UdpProbe(segment.Client, Segment.Vip);
        await udp.StartAsync();

        switch (fault)
        {
            case "link":
                Segment.SetLink(segment.Gateway1, up: false);
                break;
            case "carrier":
                segment.SetCarrier(segment.Gateway1, on: false);
                break;
            case "isolation":
                segment.SetIsolated(segment.Gateway1, isolated: true);
                break;
            default:
                await better.StopAsync();
                break;
        }

        var report = await udp.FinishAsync(TimeSpan.FromSeconds(1));
        output.WriteLine($"{fault} {report}");
        Assert.Equal("MASTER", other.StateOf());
        Assert.Equal(["gw1", "gw2"], report.Answers.Keys);
        Assert.InRange(report.LongestGap.TotalMilliseconds, fault == "stop" ? 20 : 150, 1_500);
    }

    [SegmentTheory("keepalived")]
    [InlineData("10.9.0.100/24", 2, 1)]
    [InlineData("fe80::100/64\nfd00:9::100/64", 3, 0.1)]
    public async Task Its_counters_tell_what_it_has_refused(string addresses, int version, double interval)
    {
        await using var segment = new Segment();
        await using var better = await KeepalivedProcess.StartAsync(segment, segment.Gateway1, KeepalivedProcess.Configure(110, interval, addresses, version));
        await using var other = await KeepalivedProcess.StartAsync(segment, segment.Gateway2, KeepalivedProcess.Configure(100, interval, addresses, version));
        await better.WaitForStateAsync("MASTER");
        await other.WaitForStateAsync("BACKUP");
        await Deadline.UntilAsync(async () => (await other.CountersAsync())["Advertisements: Received"] > 0, () => other.Log);

        var counters = await other.CountersAsync();

        output.WriteLine(string.Join('\n', counters));
        Assert.DoesNotContain(counters, c => c.Key.Contains("Error", StringComparison.Ordinal) && c.Value != 0);
        Assert.Contains(counters.Keys, key => key.StartsWith("Packet Errors", StringComparison.Ordinal));
    }
}
