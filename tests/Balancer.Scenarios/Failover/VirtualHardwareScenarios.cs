using System.Net;
using Balancer.Harness;
using Xunit.Abstractions;

namespace Balancer.Failover;

/// <summary>Two gateways whose virtual address has the hardware address of the virtual router: neighbours learn nothing new when it moves.</summary>
public sealed class VirtualHardwareScenarios(ITestOutputHelper output)
{
    private const double Interval = 0.1;
    private const string Hardware = "00:00:5e:00:01:33";
    private const string Hardware6 = "00:00:5e:00:02:33";
    private const string Addresses6 = "\"fe80::100/64\", \"fd00:9::100/64\"";
    private static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: vip\r\n\r\n"u8.ToArray();

    [SegmentFact]
    public async Task After_a_crash_the_other_answers_with_the_same_hardware_and_a_release_leaves_nothing()
    {
        await using var segment = new Segment();
        var before = Interfaces(segment.Gateway1);
        using var capture = SegmentCapture.Start(segment);
        await using var first = await StartAsync(segment.Gateway1, 110);
        await using var second = await StartAsync(segment.Gateway2, 100);
        using var probe = new TcpProbe(segment.Client, new IPEndPoint(Segment.Vip, SegmentGateway.Port), Request);
        await probe.StartAsync();
        Assert.Equal(Hardware, Neighbour(segment, Segment.Vip));
        Assert.Contains("state UP", Segment.Ip(segment.Gateway1, "-o link show vrrp.51"));
        Assert.Contains("state DOWN", Segment.Ip(segment.Gateway2, "-o link show vrrp.51"));

        await first.KillAsync();
        await second.WaitForStateAsync("master");
        var (program, arguments) = GatewayProcess.Command;
        var release = segment.Start(segment.Gateway1, program, [.. arguments, "release", "-c", first.Gateway.ConfigFile]);
        Assert.Equal(0, await release.Exited);
        var report = await probe.FinishAsync(TimeSpan.FromSeconds(1));

        output.WriteLine($"{report}\n{release.Output}");
        Assert.Equal(Hardware, Neighbour(segment, Segment.Vip));
        Assert.Contains($"removed macvlan vrrp.51 {Hardware} on eth0", release.Output);
        Assert.Equal(before, Interfaces(segment.Gateway1));
        AssertHardware(capture, Hardware);
        var advertisement = capture.Advertisements.Last(f => f.Sender == segment.Gateway2);
        Assert.Equal(("10.9.0.2", "224.0.0.18", Hardware), ($"{advertisement.Source}", $"{advertisement.Destination}", advertisement.Hardware));
    }

    [SegmentFact]
    public async Task A_stop_gives_back_the_interface_and_its_settings_and_neighbours_keep_what_they_know()
    {
        await using var segment = new Segment();
        var before = Interfaces(segment.Gateway1);
        using var capture = SegmentCapture.Start(segment);
        await using var first = await StartAsync(segment.Gateway1, 110);
        await using var second = await StartAsync(segment.Gateway2, 100);
        using var probe = new TcpProbe(segment.Client, new IPEndPoint(Segment.Vip, SegmentGateway.Port), Request);
        await probe.StartAsync();

        // Whoever has to find the client asks in the name of its own address.
        Segment.Ip(segment.Gateway1, "neigh flush dev eth0");
        await first.StopAsync();
        await second.WaitForStateAsync("master");
        await using var again = await StartAsync(segment.Gateway1, 110);
        await second.WaitForStateAsync("backup");
        Assert.Equal(Hardware, Neighbour(segment, Segment.Vip));
        await again.StopAsync();
        var report = await probe.FinishAsync(TimeSpan.FromMilliseconds(200));

        output.WriteLine($"{report}");
        Assert.Equal(before, Interfaces(segment.Gateway1));
        AssertHardware(capture, Hardware);
    }

    [SegmentFact]
    public async Task Two_masters_hear_each_other_though_both_have_the_same_hardware()
    {
        await using var segment = new Segment();
        await using var first = await StartAsync(segment.Gateway1, 110);
        await using var second = await StartAsync(segment.Gateway2, 100);
        for (var split = 1; split <= 3; split++)
        {
            segment.SetIsolated(segment.Gateway2, isolated: true);
            await Deadline.UntilAsync(() => second.Takeovers == split, () => $"the second is master too; its log:\n{second.Gateway.Process.Output}");
            segment.SetIsolated(segment.Gateway2, isolated: false);
            await second.WaitForStateAsync("backup");
        }

        Assert.Equal("master", first.State());
        Assert.Equal(1, first.Takeovers);
        Assert.False(Segment.Has(segment.Gateway2, Segment.Vip));
        Assert.Contains("state DOWN", Segment.Ip(segment.Gateway2, "-o link show vrrp.51"));
    }

    [SegmentFact]
    public async Task The_interface_comes_back_when_another_deletes_it_and_follows_the_link_of_its_parent()
    {
        await using var segment = new Segment();
        await using var gateway = await StartAsync(segment.Gateway1, 110);

        Segment.Ip(segment.Gateway1, "link del vrrp.51");
        await Deadline.UntilAsync(() => IsOn(segment.Gateway1, "vrrp.51", Segment.Vip), () => gateway.Gateway.Process.Output);
        Assert.Equal(1, gateway.Takeovers);

        Segment.SetLink(segment.Gateway1, up: false);
        await gateway.WaitForStateAsync("fault");
        Assert.False(Segment.Has(segment.Gateway1, Segment.Vip));
        Segment.SetLink(segment.Gateway1, up: true);
        await gateway.WaitForStateAsync("master");
        Assert.True(IsOn(segment.Gateway1, "vrrp.51", Segment.Vip));
    }

    [SegmentFact]
    public async Task IPv6_has_a_hardware_address_of_its_own()
    {
        await using var segment = new Segment();
        using var capture = SegmentCapture.Start(segment);
        await using var first = await StartAsync(segment.Gateway1, 110, Addresses6);
        await using var second = await StartAsync(segment.Gateway2, 100, Addresses6);
        Segment.Run(segment.Client, () =>
        {
            using var client = new System.Net.Sockets.TcpClient(Segment.Vip6.ToString(), SegmentGateway.Port);
            return 0;
        });
        Assert.True(IsOn(segment.Gateway1, "vrrp6.51", Segment.Vip6));
        Assert.Equal(Hardware6, Neighbour(segment, Segment.Vip6));

        await first.StopAsync();
        await second.WaitForStateAsync("master");

        Assert.Equal(Hardware6, Neighbour(segment, Segment.Vip6));
        Assert.All(capture.Advertisements.Where(f => f.Sender == segment.Gateway1), f => Assert.Equal(("fe80::1", Hardware6), ($"{f.Source}", f.Hardware)));
    }

    [SegmentTheory("keepalived")]
    [InlineData(110)]
    [InlineData(90)]
    public async Task keepalived_with_a_virtual_hardware_address_is_understood_in_both_roles(int priority)
    {
        await using var segment = new Segment();
        await using var keepalived = await KeepalivedProcess.StartAsync(segment, segment.Gateway2, KeepalivedProcess.Configure(100, Interval, instance: "use_vmac"));
        await keepalived.WaitForStateAsync("MASTER");
        await using var balancer = await SegmentGateway.StartAsync(segment.Gateway1, priority, Interval, "use_vmac = true");
        await balancer.WaitForStateAsync(priority > 100 ? "master" : "backup");
        await keepalived.WaitForStateAsync(priority > 100 ? "BACKUP" : "MASTER");

        if (priority > 100)
        {
            await balancer.StopAsync();
            await keepalived.WaitForStateAsync("MASTER");
        }
        else
        {
            await keepalived.KillAsync();
            await balancer.WaitForStateAsync("master");
        }
    }

    private static async Task<SegmentGateway> StartAsync(SegmentHost host, int priority, string addresses = "\"10.9.0.100/24\"")
    {
        var gateway = await SegmentGateway.StartAsync(host, priority, Interval, "use_vmac = true", addresses);
        await gateway.WaitForStateAsync(priority > 100 ? "master" : "backup");
        return gateway;
    }

    /// <summary>What the client knows of an address.</summary>
    private static string Neighbour(Segment segment, IPAddress address)
    {
        var words = Segment.Ip(segment.Client, $"neigh show {address} dev eth0").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var at = Array.IndexOf(words, "lladdr");
        return at < 0 ? "" : words[at + 1];
    }

    private static bool IsOn(SegmentHost host, string name, IPAddress address) =>
        Segment.Ip(host, "-o addr show").Split('\n').Any(l => l.Contains($" {name} ", StringComparison.Ordinal) && l.Contains($" {address}/", StringComparison.Ordinal));

    private static string Interfaces(SegmentHost host) =>
        string.Join('\n', Segment.Ip(host, "-br addr"), Segment.Run(host, static () =>
            string.Join(' ', new[] { "arp_ignore", "arp_announce", "arp_filter", "rp_filter" }.Select(s => File.ReadAllText($"/proc/sys/net/ipv4/conf/eth0/{s}").Trim()))));

    /// <summary>Whether the virtual address was never said to be at other hardware, in whatever ARP a gateway has sent.</summary>
    private static void AssertHardware(SegmentCapture capture, string hardware)
    {
        var claims = capture.Frames.Where(f => f.Bytes is [_, _, _, _, _, _, _, _, _, _, _, _, 0x08, 0x06, ..] && new IPAddress(f.Bytes.AsSpan(28, 4)).Equals(Segment.Vip)).ToArray();
        Assert.NotEmpty(claims);
        Assert.All(claims, f => Assert.Equal((hardware, hardware), (f.Hardware, string.Join(':', f.Bytes[22..28].Select(b => $"{b:x2}")))));
    }
}
