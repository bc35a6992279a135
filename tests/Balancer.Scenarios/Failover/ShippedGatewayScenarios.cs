using System.Net;
using Balancer.Harness;
using Balancer.Load;
using Balancer.Tls;
using Xunit.Abstractions;

namespace Balancer.Failover;

/// <summary>The shipped <c>conf/insightserenity.toml</c> on its two hosts, with the priority of each from the environment.</summary>
[Collection(HeavyLoad.Name)]
public sealed class ShippedGatewayScenarios(ITestOutputHelper output) : IDisposable
{
    /// <summary>Milliseconds: what the owners of the site allow.</summary>
    private const double LongestFailover = 5_000;

    private static readonly byte[] Request = "GET /health HTTP/1.1\r\nHost: insightserenity.com\r\n\r\n"u8.ToArray();

    private readonly CertificateFiles _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [SegmentFact("curl")]
    public async Task The_address_goes_from_a_host_that_crashes_to_the_other_well_within_five_seconds()
    {
        var certificate = _certificates.Issue("fullchain", InsightSerenitySite.Name);
        _certificates.Write("privkey.pem", certificate.KeyPem);
        await using var segment = new Segment();
        await using var first = await StartAsync(segment.Gateway1, 110);
        await first.WaitForStateAsync("master");
        await using var second = await StartAsync(segment.Gateway2, 100);
        await second.WaitForStateAsync("backup");
        Assert.Equal("ok", await AskAsync(segment));
        using var probe = new TcpProbe(segment.Client, new IPEndPoint(Segment.Vip, SegmentGateway.Port), Request);
        await probe.StartAsync();

        await first.KillAsync();
        await second.WaitForStateAsync("master");
        var report = await probe.FinishAsync(TimeSpan.FromMilliseconds(500));

        output.WriteLine($"{report}");
        Assert.InRange(report.Gap, 0, LongestFailover);
        Assert.Equal("ok", await AskAsync(segment));
    }

    /// <summary>Asks for /health by HTTPS at the address they share, verifying the certificate.</summary>
    private async Task<string> AskAsync(Segment segment)
    {
        var curl = segment.Start(
            segment.Client,
            Tools.Get("curl"),
            ["-sS", "--cacert", _certificates.PathOf("ca.pem"), "--resolve", $"{InsightSerenitySite.Name}:443:{Segment.Vip}", $"https://{InsightSerenitySite.Name}/health"]);
        Assert.Equal(0, await Deadline.WaitAsync(curl.Exited, () => $"curl ends; its output:\n{curl.Output}"));
        return curl.Output.Trim();
    }

    private async Task<SegmentGateway> StartAsync(SegmentHost host, int priority)
    {
        var conf = Path.Combine(Repository.Root, "conf");
        string Moved(string path) => InsightSerenitySite.Shipped(path, _certificates).Replace("\"10.0.1.100/24\"", $"\"{Segment.Vip}/24\"", StringComparison.Ordinal);
        var gateway = await GatewayProcess.StartAsync(
            Moved(Path.Combine(conf, "insightserenity.toml")),
            new Dictionary<string, string> { ["VRRP_PRIORITY"] = $"{priority}" },
            Directory.GetFiles(Path.Combine(conf, "upstreams")).ToDictionary(file => $"upstreams/{Path.GetFileName(file)}", Moved),
            networkNamespace: host.Namespace);
        return new SegmentGateway(gateway, host);
    }
}
