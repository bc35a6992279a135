using System.Text;
using Balancer.Harness;

namespace Balancer.Tls;

/// <summary>The status of certificates in handshakes (OCSP stapling), from a responder on this machine.</summary>
public sealed class StaplingScenarios : IDisposable
{
    private readonly CertificateFiles _certificates = new();
    private readonly int _port = Ports.Next();

    [RequiresToolTheory("openssl")]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Status_is_fetched_in_the_background_and_stapled(string version)
    {
        await using var responder = TestUpstream.Start();
        var certificate = Issue(responder);
        responder.Default = x => RespondAsync(x, new TestOcspResponse { Issuer = _certificates.Authority, Subject = certificate });
        await using var gateway = await GatewayProcess.StartAsync(Toml("ssl_stapling = true"));
        await Deadline.UntilAsync(async () => (await gateway.ScrapeAsync()).Sum("balancer_tls_ocsp_fetches_total", "result=accepted") == 1, () => "the status is fetched");
        var output = await SClient.RunAsync(_port, "a.test", version, "-status");

        Assert.Contains("OCSP Response Status: successful", output);
        Assert.Contains("Cert Status: good", output);

        // A reload keeps what is known.
        await gateway.ReloadAsync();
        Assert.Contains("Cert Status: good", await SClient.RunAsync(_port, "a.test", version, "-status"));
        Assert.Single(responder.Requests);
    }

    [RequiresTool("openssl")]
    public async Task Revoked_status_is_reported_and_not_stapled()
    {
        await using var responder = TestUpstream.Start();
        var certificate = Issue(responder);
        responder.Default = x => RespondAsync(x, new TestOcspResponse { Issuer = _certificates.Authority, Subject = certificate, IsRevoked = true });
        await using var gateway = await GatewayProcess.StartAsync(Toml("ssl_stapling = true"));
        await gateway.Process.WaitForLineAsync(l => l.Contains("event=ocsp-failed", StringComparison.Ordinal) && l.Contains("the certificate is revoked", StringComparison.Ordinal));

        Assert.Contains("OCSP response: no response sent", await SClient.RunAsync(_port, "a.test", "-status"));
    }

    [RequiresTool("openssl")]
    public async Task Silent_responder_harms_nobody_and_stapling_is_off_by_default()
    {
        await using var responder = TestUpstream.Start();
        Issue(responder);
        responder.Default = _ => new TaskCompletionSource().Task;
        await using var gateway = await GatewayProcess.StartAsync(Toml(""));
        Assert.Contains("OCSP response: no response sent", await SClient.RunAsync(_port, "a.test", "-status"));
        Assert.Empty(responder.Requests);
        gateway.WriteConfig(Toml("ssl_stapling = true"));
        await gateway.ReloadAsync();
        await responder.WaitForRequestAsync("/");

        Assert.Contains("HTTP/1.1 200", await SClient.RunAsync(_port, "a.test", "-status"));
    }

    [RequiresTool("openssl")]
    public async Task Response_of_a_file_is_stapled()
    {
        await using var responder = TestUpstream.Start();
        var certificate = Issue(responder);
        File.WriteAllBytes(_certificates.PathOf("ocsp.der"), new TestOcspResponse { Issuer = _certificates.Authority, Subject = certificate }.Encode());
        await using var gateway = await GatewayProcess.StartAsync(Toml($"ssl_stapling = true\nssl_stapling_file = \"{_certificates.PathOf("ocsp.der")}\""));

        Assert.Contains("Cert Status: good", await SClient.RunAsync(_port, "a.test", "-status"));
        Assert.Empty(responder.Requests);
    }

    public void Dispose() => _certificates.Dispose();

    private TestCertificate Issue(TestUpstream responder)
    {
        var certificate = _certificates.Keep(TestCertificate.Ecdsa("a.test", issuer: _certificates.Authority, responder: $"http://{responder.Address}/"));
        _certificates.Write("a.pem", certificate.Pem + _certificates.Authority.Pem);
        _certificates.Write("a.key", certificate.KeyPem);
        return certificate;
    }

    private string Toml(string lines) => $$"""
        {{_certificates.Lines("a")}}
        {{lines}}

        [[server]]
        listen = "127.0.0.1:{{_port}} ssl"
        return = "200 ok"
        """;

    private static Task RespondAsync(UpstreamExchange exchange, TestOcspResponse response) =>
        exchange.RespondAsync(200, Encoding.Latin1.GetString(response.Encode()), "Content-Type: application/ocsp-response");
}
