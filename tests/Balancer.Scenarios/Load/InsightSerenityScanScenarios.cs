using Balancer.Harness;
using Balancer.Tls;

namespace Balancer.Load;

/// <summary>What a scanner of TLS servers says of the shipped gateway.</summary>
[Collection(HeavyLoad.Name)]
public sealed class InsightSerenityScanScenarios
{
    /// <summary>What must be named among what was looked at, and found well.</summary>
    private static readonly string[] Vulnerabilities =
    [
        "heartbleed", "CCS", "ticketbleed", "ROBOT", "secure_renego", "secure_client_renego", "CRIME_TLS", "BREACH", "POODLE_SSL", "fallback_SCSV",
        "SWEET32", "FREAK", "DROWN", "LOGJAM", "BEAST", "LUCKY13", "RC4",
    ];

    /// <summary>Findings about the certificate made for the test, which is valid for a month, and about the scanner's own OpenSSL.</summary>
    private static readonly string[] NotTheGateways = ["cert_expirationStatus", "cert_notAfter", "cert_extlifeSpan", "engine_problem"];

    [RequiresTestSsl]
    public async Task Scanner_gives_the_best_grade_and_finds_nothing_wrong()
    {
        await using var site = await InsightSerenitySite.StartAsync();
        var found = await TestSsl.ScanAsync(site.TlsPort, InsightSerenitySite.Name, site.Certificates.PathOf("ca.pem"));

        Assert.True(found.Grade == "A+", $"grade {found.Grade}\n{found.Output}");
        Assert.All(Vulnerabilities, id => Assert.True(found.IsOk(id), $"{id}: {found[id]}"));
        var bad = found.All.Where(f => f.Severity is not ("INFO" or "OK" or "DEBUG") && !NotTheGateways.Contains(f.Id)).ToArray();
        Assert.True(bad.Length == 0, string.Join('\n', bad.Select(f => f.ToString())));
        Assert.Equal("offered", found["OCSP_stapling"]);
        Assert.Equal("supported", found["sessionresumption_ticket"]);
        Assert.Equal("h2", found["ALPN_HTTP2"]);
    }
}
