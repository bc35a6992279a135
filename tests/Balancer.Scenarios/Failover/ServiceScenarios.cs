using System.Net;
using Balancer.Harness;
using Xunit.Abstractions;

namespace Balancer.Failover;

/// <summary>Two gateways with a systemd each, on which balancerd is installed as the documentation says: what an operator does to the service, and what the address does.</summary>
[Collection(HeavyLoad.Name)]
public sealed class ServiceScenarios(ITestOutputHelper output)
{
    [SystemdBoxFact]
    public async Task Installed_started_reloaded_killed_restarted_and_stopped_the_address_is_where_it_belongs_and_nothing_is_left_behind()
    {
        await using var segment = new Segment();
        using var files = new TempDirectory();
        var binds = Prepare(files);
        await using var first = await SystemdBox.StartAsync(segment.Gateway1, binds);
        await using var second = await SystemdBox.StartAsync(segment.Gateway2, binds);
        await InstallAsync(files, second, 100);
        await InstallAsync(files, first, 110);
        await AllowRealTimeAsync(first);

        await second.RunAsync("systemctl enable --now balancerd");
        await WaitForMasterAsync(second, segment, first);
        await first.RunAsync("systemctl enable --now balancerd");
        await WaitForMasterAsync(first, segment, second);
        Assert.Equal("10", (await first.RunAsync("systemctl show -P LimitRTPRIO balancerd")).Trim());
        Assert.Contains("real-time priority 10", await first.JournalAsync(), StringComparison.Ordinal);

        // A reload changes the priority, and nothing else.
        var transitions = await TransitionsAsync(first) + await TransitionsAsync(second);
        WriteConfig(files, 120);
        await first.RunAsync("install -Dm 644 /files/balancer.toml /etc/balancer/balancer.toml && systemctl reload balancerd");
        Assert.Contains("\"priority\": 120", await first.RunAsync("curl -s 127.0.0.1:9145/status"), StringComparison.Ordinal);
        Assert.Equal(transitions, await TransitionsAsync(first) + await TransitionsAsync(second));

        // Killed, it leaves the address behind; ExecStopPost removes it, and then it comes back.
        await first.RunAsync("systemctl kill -s KILL balancerd");
        await WaitForMasterAsync(second, segment, first);
        Assert.Contains("removed address eth0 10.9.0.100/24", await first.JournalAsync(), StringComparison.Ordinal);
        await WaitForMasterAsync(first, segment, second);
        Assert.Equal("active", (await first.RunAsync("systemctl is-active balancerd")).Trim());

        await first.RunAsync("systemctl restart balancerd");
        await WaitForMasterAsync(first, segment, second);

        await first.RunAsync("systemctl stop balancerd");
        await WaitForMasterAsync(second, segment, first);
        await AssertNothingLeftAsync(first);
        await second.RunAsync("systemctl stop balancerd");
        Assert.Equal(Own(segment.Gateway2), Addresses(segment.Gateway2));
        await AssertNothingLeftAsync(second);
        output.WriteLine(await first.JournalAsync());
    }

    /// <summary>A machine like this need not let a systemd within raise LimitRTPRIO; a capability stands in for it, the rest is as installed.</summary>
    private static Task AllowRealTimeAsync(SystemdBox box) => box.RunAsync("""
        printf '[Service]\nCapabilityBoundingSet=CAP_SYS_NICE\nAmbientCapabilities=CAP_SYS_NICE\n' > /etc/systemd/system/balancerd.service.d/zz-real-time.conf
        systemctl daemon-reload
        """);

    /// <summary>What is installed: the program, or where it is not one file a script in its place, and the files of the repository.</summary>
    private static string[] Prepare(TempDirectory files)
    {
        var (program, arguments) = GatewayProcess.Command;
        List<string> binds = [$"{files.Path}:/files", $"{Path.Combine(Repository.Root, "systemd")}:/repository/systemd"];
        if (arguments.Length == 0)
        {
            File.Copy(program, files.File("balancerd"));
            return [.. binds];
        }

        var dotnet = new FileInfo(Tools.Get(program));
        var root = (dotnet.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? dotnet).DirectoryName;
        files.Write("balancerd", "#!/bin/sh\nexec /opt/dotnet/dotnet exec /opt/balancerd/balancerd.dll \"$@\"\n");
        return [.. binds, $"{root}:/opt/dotnet", $"{AppContext.BaseDirectory}:/opt/balancerd"];
    }

    /// <summary>The steps of README.md and docs/high-availability.md.</summary>
    private static async Task InstallAsync(TempDirectory files, SystemdBox box, int priority)
    {
        WriteConfig(files, priority);
        await box.RunAsync("""
            set -e
            cd /repository
            install -m 755 /files/balancerd /usr/bin/
            install -Dm 644 systemd/balancer.sysusers.conf /usr/lib/sysusers.d/balancer.conf
            systemd-sysusers
            install -Dm 644 /files/balancer.toml /etc/balancer/balancer.toml
            install -m 644 systemd/balancerd.service /etc/systemd/system/
            install -Dm 644 systemd/vrrp.conf /etc/systemd/system/balancerd.service.d/vrrp.conf
            systemctl daemon-reload
            balancerd -t -c /etc/balancer/balancer.toml
            """);
    }

    private static void WriteConfig(TempDirectory files, int priority) => files.Write("balancer.toml", $"""
        [admin]
        listen = "127.0.0.1:9145"
        [vrrp_instance.VI_1]
        interface = "eth0"
        virtual_router_id = 51
        priority = {priority}
        version = 3
        advert_int = "100ms"
        virtual_ipaddress = ["10.9.0.100/24"]
        [[server]]
        listen = "80"
        return = "200 ok"
        """);

    /// <summary>Waits until the address is on one of the two alone, both having their own, and clients are served there.</summary>
    private static async Task WaitForMasterAsync(SystemdBox box, Segment segment, SystemdBox other)
    {
        string[] withVirtual = [.. Own(box.Host).Append($"{Segment.Vip}/24").Order(StringComparer.Ordinal)];
        await Deadline.UntilAsync(() => Addresses(box.Host).SequenceEqual(withVirtual) && Addresses(other.Host).SequenceEqual(Own(other.Host)), () => State(segment));
        Assert.True(Segment.Run(segment.Client, () =>
        {
            using var client = new System.Net.Sockets.TcpClient();
            client.Connect(new IPEndPoint(Segment.Vip, 80));
            client.GetStream().Write("GET / HTTP/1.0\r\n\r\n"u8);
            return client.GetStream().Read(new byte[100]) > 0;
        }));
    }

    private static string State(Segment segment) =>
        string.Join('\n', segment.Gateways.Select(g => $"{g.Name} has {string.Join(", ", Addresses(g))}"));

    private static async Task AssertNothingLeftAsync(SystemdBox box)
    {
        Assert.Equal("success inactive", string.Join(' ', (await box.RunAsync("systemctl show -P Result -P ActiveState balancerd")).Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal("", await box.RunAsync("find /run -name '*balancer*' -not -path '/run/systemd/*' -not -path '/run/log/*'"));
        Assert.Equal("", await box.RunAsync("pgrep -u balancer || true"));
    }

    private static async Task<int> TransitionsAsync(SystemdBox box) =>
        (await box.JournalAsync()).Split('\n').Count(l => l.Contains("event=vrrp-transition", StringComparison.Ordinal));

    private static string[] Own(SegmentHost host) => [.. new[] { $"{host.Address}/24", $"{host.Address6}/64", $"{host.LinkLocal}/64" }.Order(StringComparer.Ordinal)];

    private static string[] Addresses(SegmentHost host) =>
    [
        .. Segment.Ip(host, "-o addr show dev eth0").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3])
            .Order(StringComparer.Ordinal),
    ];
}
