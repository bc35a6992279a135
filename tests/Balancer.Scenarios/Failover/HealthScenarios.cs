using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Balancer.Harness;
using Xunit.Abstractions;

namespace Balancer.Failover;

/// <summary>The address is where requests are served: it leaves a gateway that does not, and comes back.</summary>
[Collection(HeavyLoad.Name)]
public sealed class HealthScenarios(ITestOutputHelper output)
{
    private const double Interval = 0.1;
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);
    private const string SelfProbe = "self_probe_timeout = \"1s\"";

    /// <summary>Where a single probe must not fail because the machine is busy: it may take 10 s.</summary>
    private const string PatientSelfProbe = "self_probe_timeout = \"30s\"";

    [SegmentFact("prlimit")]
    public async Task The_address_leaves_a_gateway_that_cannot_accept_and_comes_back()
    {
        await using var segment = new Segment();
        await using var first = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval, SelfProbe);
        await first.WaitForStateAsync("master");
        await using var second = await SegmentGateway.StartAsync(segment.Gateway2, 100, Interval, SelfProbe);
        await second.WaitForStateAsync("backup");
        await ProbedAsync(first);
        Assert.Equal("gw1", Ask(segment));

        // No descriptor is left for a connection.
        await LimitDescriptorsAsync(first, "3:");
        await first.WaitForStateAsync("fault");
        await second.WaitForStateAsync("master");
        Assert.Contains(first.Gateway.Process.Lines, l => l.Contains("event=vrrp-fault", StringComparison.Ordinal) && l.Contains("fault=\"data path stalled\"", StringComparison.Ordinal));
        Assert.False(Segment.Has(segment.Gateway1, Segment.Vip));
        Assert.Equal("gw2", Ask(segment));

        await LimitDescriptorsAsync(first, "1024:");
        await first.WaitForStateAsync("master");
        await second.WaitForStateAsync("backup");
        Assert.Equal("gw1", Ask(segment));
        Assert.Equal(1, first.Metric("balancer_vrrp_transitions_total", "state=fault"));
        Assert.Equal(0, first.Metric("balancer_vrrp_data_path_stalled"));
        Assert.True(Unanswered(first) >= 3);
        Assert.Equal(0, second.Metric("balancer_vrrp_transitions_total", "state=fault"));
    }

    [SegmentFact]
    public async Task The_address_leaves_a_gateway_of_which_a_tracked_listener_does_not_answer_and_comes_back()
    {
        await using var segment = new Segment();
        await using var first = await SegmentGateway.StartAsync(
            segment.Gateway1,
            110,
            Interval,
            $"{SelfProbe}\ntrack_listener = {{ \"{segment.Gateway1.Address}:{SegmentGateway.OwnPort}\" = -30 }}",
            rest: "[[server]]\nlisten = \"127.0.0.1:8080\"\nreturn = 204\n");
        await first.WaitForStateAsync("master");
        await using var second = await SegmentGateway.StartAsync(segment.Gateway2, 100, Interval, SelfProbe);
        await second.WaitForStateAsync("backup");
        await ProbedAsync(first);

        // Its own connections to that address get nowhere; those to the others still do.
        Forbid(segment.Gateway1, segment.Gateway1.Address, SegmentGateway.OwnPort);
        await second.WaitForStateAsync("master");
        await first.WaitForStateAsync("backup");
        Assert.Contains(
            first.Gateway.Process.Lines,
            l => l.Contains("event=vrrp-track", StringComparison.Ordinal) && l.Contains($"what=\"listener {segment.Gateway1.Address}:{SegmentGateway.OwnPort}\" state=fails priority=80", StringComparison.Ordinal));

        Segment.Ip(segment.Gateway1, "rule del pref 5");
        await first.WaitForStateAsync("master");
        await second.WaitForStateAsync("backup");
        Assert.Equal(0, first.Metric("balancer_vrrp_transitions_total", "state=fault"));
    }

    [SegmentFact]
    public async Task Probes_leave_no_trace_among_requests()
    {
        await using var segment = new Segment();
        await using var first = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval, PatientSelfProbe, rest: "[[server]]\nlisten = \"127.0.0.1:8080\"\naccess_log = \"DIR/access.log\"\nreturn = 204\n");
        await first.WaitForStateAsync("master");
        var connections = first.Metric("balancer_downstream_connections_accepted_total");
        var requests = first.Metric("balancer_http_requests_total");
        var probes = Probes(first);

        await Deadline.UntilAsync(() => Probes(first) >= probes + 20, () => $"the gateway probes itself: {Probes(first)} probes");

        Assert.Equal(connections, first.Metric("balancer_downstream_connections_accepted_total"));
        Assert.Equal(requests, first.Metric("balancer_http_requests_total"));
        Assert.Equal("", await File.ReadAllTextAsync(first.Gateway.FilePath("access.log")));
        Assert.Equal(0, Unanswered(first));
    }

    [SegmentFact]
    public async Task The_virtual_address_is_probed_on_the_master_alone_even_where_any_address_can_be_bound()
    {
        await using var segment = new Segment();
        foreach (var host in segment.Gateways)
        {
            Segment.Run(host, () =>
            {
                File.WriteAllText("/proc/sys/net/ipv4/ip_nonlocal_bind", "1");
                return 0;
            });
        }

        await using var first = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval, PatientSelfProbe);
        await first.WaitForStateAsync("master");
        await using var second = await SegmentGateway.StartAsync(segment.Gateway2, 100, Interval, PatientSelfProbe);
        await second.WaitForStateAsync("backup");

        await ProbedAsync(second);
        await ProbedAsync(first);
        Assert.Equal(0, Unanswered(second));
        Assert.Equal(0, Unanswered(first));

        // Its own connections to the address get nowhere from now on: it does make some.
        Forbid(segment.Gateway1, Segment.Vip, SegmentGateway.Port);
        await Deadline.UntilAsync(() => Unanswered(first) > 0, () => "the master probes the virtual address");
        Assert.Equal(0, Unanswered(second));
        Assert.Equal("master", first.State());
    }

    [SegmentFact]
    public async Task A_stopping_gateway_gives_the_address_up_and_finishes_what_runs()
    {
        const string Slow = "[upstream.slow]\nserver = \"127.0.0.1:7000\"\n[[server]]\nlisten = \"10.9.0.1:82\"\n[[server.location]]\npath = \"/\"\nproxy_pass = \"http://slow\"\n";
        await using var segment = new Segment();
        using var upstream = Segment.Run(segment.Gateway1, () =>
        {
            var listener = new TcpListener(IPAddress.Loopback, 7000);
            listener.Start();
            return listener;
        });
        await using var first = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval, rest: Slow);
        await first.WaitForStateAsync("master");
        await using var second = await SegmentGateway.StartAsync(segment.Gateway2, 100, Interval);
        await second.WaitForStateAsync("backup");

        // A request that runs, on the gateway's own address: what comes to the virtual one is the other's from now on.
        using var client = Segment.Run(segment.Client, () => new TcpClient(segment.Gateway1.Address.ToString(), 82));
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: slow\r\nConnection: close\r\n\r\n"u8.ToArray());
        using var server = await Deadline.WaitAsync(upstream.AcceptTcpClientAsync(), () => "the request comes to its server");
        await server.GetStream().ReadExactlyAsync(new byte[10]);

        first.Gateway.Process.Signal(UnixSignal.Term);
        await second.WaitForStateAsync("master");
        await Deadline.UntilAsync(() => !Segment.Has(segment.Gateway1, Segment.Vip), () => "the address is gone");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("gw2", Ask(segment));
        }

        Assert.False(first.Gateway.Process.Exited.IsCompleted);
        await server.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"u8.ToArray());
        using var reader = new StreamReader(client.GetStream());
        Assert.EndsWith("\r\n\r\ndone", await Deadline.WaitAsync(reader.ReadToEndAsync(), () => "the response comes"));
        Assert.Equal(0, await first.Gateway.WaitForExitAsync());
        Assert.Contains(first.Gateway.Process.Lines, l => l.Contains("event=stopped", StringComparison.Ordinal) && l.Contains("cut=0", StringComparison.Ordinal));
    }

    [SegmentFact("wrk")]
    public async Task A_minute_of_full_load_and_full_collections_changes_nothing()
    {
        await using var segment = new Segment();
        await using var first = await SegmentGateway.StartAsync(segment.Gateway1, 110, Interval);
        await first.WaitForStateAsync("master");
        await using var second = await SegmentGateway.StartAsync(segment.Gateway2, 100, Interval);
        await second.WaitForStateAsync("backup");
        await ProbedAsync(first);
        SegmentGateway[] both = [first, second];
        var before = both.Select(FullCollections).ToArray();
        using var watch = new AdvertisementWatch(segment, segment.Gateway1);
        var start = Stopwatch.GetTimestamp();
        var load = segment.Start(segment.Client, Tools.Get("wrk"), ["-t1", "-c64", $"-d{Minute.TotalSeconds}s", "--timeout", "5s", $"http://{Segment.Vip}/"]);

        var forced = 0;
        for (; Stopwatch.GetElapsedTime(start) < Minute; forced++)
        {
            await Task.WhenAll(both.Select(g => RuntimeDiagnostics.CollectGarbageAsync(g.Gateway.Process.Id)));
        }

        await Deadline.WaitAsync(load.Exited, () => $"wrk ends; its output:\n{load.Output}");
        var collections = both.Select((g, i) => FullCollections(g) - before[i]).ToArray();
        output.WriteLine($"{forced} forced, {string.Join(" and ", collections)} full collections; {watch.Count} advertisements, at most {watch.LongestGap:f0} ms apart; {Unanswered(first)} of {Probes(first)} probes unanswered\n{load.Output}");

        // The backup waits for three intervals and more.
        Assert.InRange(watch.LongestGap, 0, 3000 * Interval);
        Assert.True(watch.Count > Minute.TotalSeconds / Interval / 2);
        Assert.Equal(["backup", "master"], Transitions(first));
        Assert.Equal(["backup"], Transitions(second));
        Assert.All(collections, c => Assert.True(c >= forced && forced >= Minute.TotalSeconds, $"{c} full collections, {forced} forced"));
        Assert.DoesNotContain("Socket errors", load.Output);
    }

    private static double FullCollections(SegmentGateway gateway) => gateway.Metric("dotnet_gc_collections_total", "generation=2");

    /// <summary>The states it came to.</summary>
    private static string[] Transitions(SegmentGateway gateway) =>
        [.. gateway.Gateway.Process.Lines.Where(l => l.Contains("event=vrrp-transition", StringComparison.Ordinal)).Select(l => l.Split(" to=")[1].Split(' ')[0])];

    private static double Probes(SegmentGateway gateway) => gateway.Metric("balancer_vrrp_self_probes_total");

    private static double Unanswered(SegmentGateway gateway) => gateway.Metric("balancer_vrrp_self_probes_total", "result=unanswered");

    /// <summary>Lets a host make no connections to a port of its own any more.</summary>
    private static void Forbid(SegmentHost host, IPAddress address, int port)
    {
        // The rule that local addresses are local comes first, and has to make room.
        Segment.Ip(host, "rule add pref 10 lookup local");
        Segment.Ip(host, $"rule add pref 5 to {address} ipproto tcp dport {port} prohibit");
        Segment.Ip(host, "rule del pref 0");
    }

    /// <summary>Waits until its listeners have answered its probes: of one that never did it does not judge.</summary>
    private static Task ProbedAsync(SegmentGateway gateway)
    {
        var before = Probes(gateway);
        return Deadline.UntilAsync(() => Probes(gateway) >= before + 10, () => "the gateway probes itself");
    }

    private static async Task LimitDescriptorsAsync(SegmentGateway gateway, string limit)
    {
        var (code, output) = await ChildProcess.RunAsync(Tools.Get("prlimit"), ["--pid", gateway.Gateway.Process.Id.ToString(CultureInfo.InvariantCulture), $"--nofile={limit}"]);
        Assert.True(code == 0, output);
    }

    /// <summary>Who answers on the virtual address.</summary>
    private static string Ask(Segment segment) => Segment.Run(segment.Client, () =>
    {
        using var client = new TcpClient(Segment.Vip.ToString(), SegmentGateway.Port);
        client.GetStream().Write("GET / HTTP/1.1\r\nHost: vip\r\nConnection: close\r\n\r\n"u8);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        return reader.ReadToEnd().Split("\r\n\r\n")[1];
    });
}
