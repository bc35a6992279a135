using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Balancer.Harness;

namespace Balancer.Tls;

/// <summary>Clients that show certificates (<c>ssl_verify_client</c>).</summary>
public sealed class ClientCertificateScenarios(ClientCertificateScenarios.Fixture fixture) : IClassFixture<ClientCertificateScenarios.Fixture>
{
    public sealed class Fixture : GatewayFixture
    {
        internal CertificateFiles Certificates { get; } = new();

        internal TestCertificate Good { get; private set; } = null!;

        internal TestCertificate Revoked { get; private set; } = null!;

        internal TestCertificate Expired { get; private set; } = null!;

        internal TestCertificate Stranger { get; private set; } = null!;

        protected override string Toml => $$"""
            {{Certificates.Lines("server")}}
            ssl_client_certificate = "{{Certificates.PathOf("ca.pem")}}"

            [[server]]
            listen = "127.0.0.1:{{Port}} ssl"
            server_name = "open.test"
            return = "200 '$ssl_client_verify'"

            [[server]]
            listen = "127.0.0.1:{{Port}}"
            server_name = "must.test"
            ssl_verify_client = "on"
            ssl_crl = "{{Certificates.PathOf("ca.crl")}}"
            return = "200 '$ssl_client_verify|$ssl_client_s_dn|$ssl_client_i_dn|$ssl_client_serial|$ssl_client_fingerprint|$ssl_client_v_remain'"

            [[server]]
            listen = "127.0.0.1:{{Port}}"
            server_name = "may.test"
            ssl_verify_client = "optional"
            ssl_crl = "{{Certificates.PathOf("ca.crl")}}"
            return = "200 '$ssl_client_verify'"

            [[server]]
            listen = "127.0.0.1:{{Port}}"
            server_name = "anyone.test"
            ssl_verify_client = "optional_no_ca"
            return = "200 '$ssl_client_verify'"
            """;

        public override async Task InitializeAsync()
        {
            Certificates.Issue("server", "must.test");
            Good = Certificates.Issue("good", "good client");
            Revoked = Certificates.Issue("revoked", "revoked client");
            Expired = Certificates.Issue("expired", "expired client", DateTimeOffset.UtcNow.AddDays(-1));
            Stranger = Certificates.Keep(TestCertificate.Ecdsa("stranger"));
            Certificates.Write("ca.crl", Certificates.Authority.Crl(Revoked));
            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            Certificates.Dispose();
        }
    }

    [Fact]
    public async Task Good_certificate_is_served_and_described()
    {
        var response = await GetAsync("must.test", fixture.Good);
        var values = response[(response.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Split('|');

        Assert.Equal("SUCCESS", values[0]);
        Assert.Equal("CN=good client", values[1]);
        Assert.Equal("CN=Scenario authority", values[2]);
        Assert.Equal(fixture.Good.Certificate.SerialNumber, values[3]);
        Assert.Equal(fixture.Good.Certificate.Thumbprint.ToLowerInvariant(), values[4]);
        Assert.Equal("29", values[5]);
    }

    [Fact]
    public async Task Client_without_a_certificate_is_answered_400()
    {
        var response = await GetAsync("must.test", null);

        Assert.StartsWith("HTTP/1.1 400 ", response);
        Assert.Contains("No required SSL certificate was sent", response);
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("expired")]
    [InlineData("stranger")]
    public async Task Bad_certificate_is_answered_400_whether_one_must_or_may_be_shown(string which)
    {
        var certificate = which switch { "revoked" => fixture.Revoked, "expired" => fixture.Expired, _ => fixture.Stranger };
        foreach (var server in new[] { "must.test", "may.test" })
        {
            var response = await GetAsync(server, certificate);

            Assert.StartsWith("HTTP/1.1 400 ", response);
            Assert.Contains("The SSL certificate error", response);
        }
    }

    [Fact]
    public async Task Certificate_that_may_be_shown_need_not_be()
    {
        Assert.EndsWith("NONE", await GetAsync("may.test", null));
        Assert.EndsWith("SUCCESS", await GetAsync("may.test", fixture.Good));
    }

    [Fact]
    public async Task Unknown_issuer_may_pass_when_the_upstream_decides()
    {
        Assert.Contains("FAILED:", await GetAsync("anyone.test", fixture.Stranger));
        Assert.StartsWith("HTTP/1.1 400 ", await GetAsync("anyone.test", fixture.Expired));
    }

    [Fact]
    public async Task Certificate_is_not_asked_for_elsewhere() => Assert.EndsWith("NONE", await GetAsync("open.test", fixture.Good));

    [Theory]
    [InlineData("open.test")]
    [InlineData("anyone.test")]
    public async Task Connection_made_to_another_server_is_misdirected(string connected) =>
        Assert.StartsWith("HTTP/1.1 421 ", await GetAsync(connected, fixture.Good, host: "must.test"));

    [Fact]
    public async Task Connection_with_verification_may_ask_a_server_without() => Assert.EndsWith("SUCCESS", await GetAsync("must.test", fixture.Good, host: "open.test"));

    private Task<string> GetAsync(string name, TestCertificate? certificate, string? host = null) => TlsClient.GetAsync(fixture.Port, name, configure: o =>
    {
        if (certificate is not null)
        {
            o.ClientCertificates = [certificate.Certificate];
            o.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate.Certificate;
        }
    }, host: host);
}
