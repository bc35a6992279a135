using System.Net;
using System.Net.Sockets;
using Balancer.Harness;

namespace Balancer.Failover;

/// <summary>What groups of virtual routers, reloads and single failures must not do to a master that is well.</summary>
[Collection(HeavyLoad.Name)]
public sealed class ReloadAndGroupScenarios
{
    private const double Interval = 0.1;

    private const string Group = "[vrrp_sync_group.G]\ngroup = [\"VI_1\", \"VI_2\"]\n";

    private static string Second(int priority) =>
        $"[vrrp_instance.VI_2]\ninterface = \"eth0\"\nvirtual_router_id = 52\npriority = {priority}\nversion = 3\nadvert_int = \"100ms\"\nvirtual_ipaddress = [\"10.9.0.102/24\"]\n";

    [SegmentFact]
    public async Task A_group_moves_as_one_when_a_member_is_worth_less()
    {
        using var directory = new TempDirectory();
        directory.Write("worth", "0");
        await using var segment = new Segment();
        await using var first = await SegmentGateway.StartAsync(
            segment.Gateway1, 110, Interval, $"track_file = {{ \"{directory.File("worth")}\" = 1 }}", rest: Second(120) + Group);
        await first.WaitForStateAsync("master");
        await first.WaitForStateAsync("master", "VI_2");
        await using var second = await SegmentGateway.StartAsync(segment.Gateway2, 100, Interval, rest: Second(100) + Group);
        await second.WaitForStateAsync("backup", "VI_2");

        directory.Write("worth", "-30");
        await second.WaitForStateAsync("master");
        await second.WaitForStateAsync("master", "VI_2");
        await first.WaitForStateAsync("backup");
        await first.WaitForStateAsync("backup", "VI_2");

        // Both advertise what the group is worth, so nobody takes anything back: for as long as twenty advertisements take.
        var sent = second.Metric("balancer_vrrp_advertisements_sent_total", "instance=VI_2");
        await Deadline.UntilAsync(() => second.Metric("balancer_vrrp_advertisements_sent_total", "instance=VI_2") >= sent + 20, () => "the second advertises");
        Assert.Equal(("master", "master"), (second.State(), second.State("VI_2")));
        Assert.Equal((2, 2), (first.Takeovers, second.Takeovers));
        Assert.Equal(80, first.Metric("balancer_vrrp_priority", "instance=VI_2"));

        directory.Write("worth", "0");
        await first.WaitForStateAsync("master");
        await first.WaitForStateAsync("master", "VI_2");
        Assert.Equal((4, 2), (first.Takeovers, second.Takeovers));
    }

    [SegmentFact]
    public async Task A_member_that_a_reload_adds_to_a_group_does_not_cost_the_master_its_role()
    {
        await using var segment = new Segment();
        await using var gateway = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval);
        await gateway.WaitForStateAsync("master");

        await gateway.ReloadAsync(SegmentGateway.Configure(gateway.Host, 110, Interval, rest: Second(110) + Group));
        await gateway.WaitForStateAsync("master", "VI_2");

        Assert.DoesNotContain(gateway.Gateway.Process.Lines, l => l.Contains("event=vrrp-transition", StringComparison.Ordinal) && l.Contains("to=fault", StringComparison.Ordinal));
        Assert.Equal(2, gateway.Takeovers);
        Assert.True(Segment.Has(segment.Gateway1, Segment.Vip));
    }

    [SegmentFact]
    public async Task A_script_that_a_reload_mends_is_believed()
    {
        static string Script(string command) => $"[vrrp_script.check]\nscript = \"{command}\"\ninterval = \"100ms\"\nfall = 1\nrise = 2\n";
        const string Track = "track_script = [\"check\"]";
        await using var segment = new Segment();
        await using var gateway = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval, Track, rest: Script("/bin/false"));
        await gateway.WaitForStateAsync("fault");

        await gateway.ReloadAsync(SegmentGateway.Configure(gateway.Host, 110, Interval, Track, rest: Script("/bin/true")));
        await gateway.WaitForStateAsync("master");

        await gateway.ReloadAsync(SegmentGateway.Configure(gateway.Host, 110, Interval, Track, rest: Script("/bin/true 1")));
        await gateway.ReloadAsync(SegmentGateway.Configure(gateway.Host, 110, Interval, Track, rest: Script("/bin/false")));
        await gateway.WaitForStateAsync("fault");
        Assert.Equal(1, gateway.Takeovers);
    }

    [SegmentFact]
    public async Task One_failed_request_to_a_pool_whose_servers_live_does_not_move_the_address()
    {
        const string Pool = "[upstream.app]\nserver = [\"127.0.0.1:7000 fail_timeout=1s\", \"127.0.0.1:7001 fail_timeout=1s\"]\n[[server]]\nlisten = \"127.0.0.1:8080\"\n[[server.location]]\npath = \"/\"\nproxy_pass = \"http://app\"\n";
        await using var segment = new Segment();
        using var server1 = Listen(segment, 7000);
        using var server2 = Listen(segment, 7001);
        await using var gateway = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval, "track_upstream = [\"app\"]", rest: Pool);
        await gateway.WaitForStateAsync("master");

        // Each takes the connection and ends it without an answer: it is out until fail_timeout has passed.
        using var client = Segment.Run(segment.Gateway1, () => new TcpClient("127.0.0.1", 8080));
        await client.GetStream().WriteAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray());
        foreach (var server in (TcpListener[])[server1, server2])
        {
            using var connection = await server.AcceptSocketAsync();
            await connection.ReceiveAsync(new byte[1000]);
        }

        Assert.True(await client.GetStream().ReadAsync(new byte[100]) > 0);
        Assert.Equal(0, gateway.Metric("balancer_upstream_server_up"));

        // The gateway asks whether one of them lives, twice, so that it has heeded the first answer.
        for (var i = 0; i < 2; i++)
        {
            using var question = await Deadline.WaitAsync(server1.AcceptSocketAsync(), () => "the gateway asks");
        }

        Assert.DoesNotContain(gateway.Gateway.Process.Lines, l => l.Contains("event=vrrp-track", StringComparison.Ordinal));
        Assert.Equal("master", gateway.State());
    }

    private static TcpListener Listen(Segment segment, int port) => Segment.Run(segment.Gateway1, () =>
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return listener;
    });
}
