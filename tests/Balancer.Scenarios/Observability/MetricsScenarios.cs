using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Balancer.Failover.Linux;
using Balancer.Harness;

namespace Balancer.Observability;

/// <summary>What is served is what docs/metrics.md says, and the metrics of the daemon itself are true.</summary>
public sealed partial class MetricsScenarios
{
    private static bool MayOpenRawSockets => NamespaceFactAttribute.ReasonToSkip is null;

    [Fact]
    public async Task What_is_documented_is_served_and_nothing_else()
    {
        await using var upstream = TestUpstream.Start();
        using var directory = new TempDirectory();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=m.example", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        var port = Ports.Next();
        var toml = MetricsToml.Site(port, $"limit_req_zone = '$remote_addr zone=r:64k rate=1r/s'\nlimit_conn_zone = '$remote_addr zone=c:64k'\n[upstream.app]\nserver = \"{upstream.Address}\"\n", MetricsToml.Pass("/", "app")) + $"""

            [[server]]
            listen = "127.0.0.1:{Ports.Next()} ssl"
            ssl_certificate = "{directory.Write("cert.pem", certificate.ExportCertificatePem())}"
            ssl_certificate_key = "{directory.Write("key.pem", key.ExportPkcs8PrivateKeyPem())}"
            return = "200 ok"
            """;
        if (MayOpenRawSockets)
        {
            // On an interface that is not there: nothing is sent.
            toml += "\n[vrrp_instance.VI_1]\ninterface = \"absent0\"\nvirtual_router_id = 51\nvirtual_ipaddress = [\"10.255.255.100/24\"]\n";
        }

        await using var gateway = await GatewayProcess.StartAsync(toml);
        await RawClient.GetAsync(port, "/");
        var documented = Row().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "metrics.md")))
            .Select(row => (Name: row.Groups[1].Value, Type: row.Groups[2].Value, Help: row.Groups[3].Value))
            .Where(row => MayOpenRawSockets || !row.Name.StartsWith("balancer_vrrp_", StringComparison.Ordinal))
            .ToArray();

        var text = (await gateway.AdminGetAsync("/metrics")).BodyText;
        var open = (await gateway.AdminGetAsync("/metrics", "Accept: application/openmetrics-text")).BodyText;

        var served = Family().Matches(text).Select(f => (Name: f.Groups[2].Value, Type: f.Groups[3].Value, Help: f.Groups[1].Value)).ToArray();
        Assert.Equal(documented.Select(d => d with { Type = d.Type == "info" ? "gauge" : d.Type }), served);

        // OpenMetrics names the family without the suffix of its samples.
        var openly = Type().Matches(open).Select(f => (Name: f.Groups[1].Value, Type: f.Groups[2].Value));
        Assert.Equal(documented.Select(d => (Name: Suffix().Replace(d.Name, ""), d.Type)), openly);
        var metrics = Harness.Metrics.Parse(text);
        Assert.All(documented, d => Assert.True(metrics.Has(d.Type == "histogram" ? d.Name + "_bucket" : d.Name), d.Name));
    }

    [Fact]
    public async Task Reloads_are_counted_by_outcome_and_leave_other_counters_alone()
    {
        await using var upstream = TestUpstream.Start();
        var port = Ports.Next();
        var toml = MetricsToml.Site(port, $"[upstream.app]\nserver = \"{upstream.Address}\"\n", MetricsToml.Pass("/", "app"));
        await using var gateway = await GatewayProcess.StartAsync(toml);
        Assert.Equal(200, await MetricsToml.GetStatusAsync(port, "/"));
        var start = await gateway.ScrapeWhenAsync(m => m.Sum("balancer_http_requests_total") == 1);
        gateway.WriteConfig(toml + "\nunknown = 1\n");
        await gateway.ReloadAsync();
        var refused = await gateway.ScrapeAsync();
        gateway.WriteConfig(toml);
        await gateway.ReloadAsync();
        var loaded = await gateway.ScrapeAsync();

        Harness.Metrics[] all = [start, refused, loaded];
        Assert.Equal([1.0, 0, 1], all.Select(m => m.Sum("balancer_config_last_reload_successful")));
        Assert.Equal([0.0, 1, 1], all.Select(m => m.Sum("balancer_config_reloads_total", "result=failure")));
        Assert.Equal([0.0, 0, 1], all.Select(m => m.Sum("balancer_config_reloads_total", "result=success")));
        const string Time = "balancer_config_last_reload_success_timestamp_seconds";
        Assert.Equal(start.Sum(Time), refused.Sum(Time));
        Assert.InRange(loaded.Sum(Time), start.Sum(Time) + 0.001, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
        Assert.Equal(1, loaded.Sum("balancer_http_requests_total"));
        Assert.Equal(1, loaded.Sum("balancer_upstream_requests_total"));
    }

    [Fact]
    public async Task Process_and_runtime_are_those_of_the_daemon()
    {
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync($"[[server]]\nlisten = \"127.0.0.1:{port}\"\naccess_log = \"DIR/access.log\"\nreturn = \"200 ok\"\n");
        var (program, arguments) = GatewayProcess.Command;
        var version = (await ChildProcess.RunAsync(program, [.. arguments, "-v"])).Output.Split(' ')[1];

        var metrics = await gateway.ScrapeAsync();

        Assert.Equal(1, metrics.Sum("balancer_build_info", $"version={version}"));
        Assert.True(metrics.Has("balancer_access_log_dropped_lines_total", $"path={gateway.FilePath("access.log")}"));
        Assert.InRange(metrics.Sum("process_resident_memory_bytes"), gateway.Process.ResidentBytes * 0.5, gateway.Process.ResidentBytes * 1.5);
        Assert.InRange(metrics.Sum("process_virtual_memory_bytes"), metrics.Sum("process_resident_memory_bytes"), 1L << 50);
        Assert.InRange(metrics.Sum("process_open_fds"), gateway.Process.DescriptorCount - 10, gateway.Process.DescriptorCount + 10);
        Assert.InRange(metrics.Sum("process_max_fds"), metrics.Sum("process_open_fds"), double.PositiveInfinity);
        Assert.InRange(metrics.Sum("process_cpu_seconds_total"), 0.01, 600);
        Assert.InRange(metrics.Sum("process_threads"), 3, 1000);
        Assert.InRange(metrics.Sum("process_start_time_seconds"), DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 600, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
        Assert.InRange(metrics.Sum("dotnet_gc_allocated_bytes_total"), 1, 1L << 40);
        Assert.InRange(metrics.Sum("dotnet_thread_pool_threads"), 1, 1000);
    }

    [GeneratedRegex(@"^\| `([a-z0-9_]+)` \| ([a-z]+) \| [^|]*\| (.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^# HELP \S+ (.*)\n# TYPE (\S+) (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Family();

    [GeneratedRegex(@"^# TYPE (\S+) (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex("_(total|info)$")]
    private static partial Regex Suffix();
}
