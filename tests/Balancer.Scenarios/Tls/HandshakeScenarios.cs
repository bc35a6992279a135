using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Balancer.Harness;

namespace Balancer.Tls;

/// <summary>Handshakes of real clients: versions, names, kinds of keys, what is refused and how it is counted.</summary>
public sealed class HandshakeScenarios(HandshakeScenarios.Fixture fixture) : IClassFixture<HandshakeScenarios.Fixture>
{
    public sealed class Fixture : GatewayFixture
    {
        internal CertificateFiles Certificates { get; } = new();

        internal int ProxiedPort { get; } = Ports.Next();

        internal int HurriedPort { get; } = Ports.Next();

        protected override string Toml => $$"""
            {{Certificates.Lines("a", "a-rsa")}}

            [upstream.pool]
            server = ["{{Upstream.Address}}"]

            [[server]]
            listen = "127.0.0.1:{{Port}} ssl"
            server_name = "a.test"
            http2 = true

              [[server.location]]
              path = "/"
              return = "200 '$ssl_protocol $ssl_cipher $ssl_session_reused $ssl_server_name $scheme $server_protocol\n'"

              [[server.location]]
              path = "/up"
              proxy_pass = "http://pool"

            [[server]]
            listen = "127.0.0.1:{{Port}}"
            server_name = "*.wild.test"
            {{Certificates.Lines("wild")}}
            return = "200 wild"

            [[server]]
            listen = "127.0.0.1:{{Port}}"
            server_name = "new.test"
            ssl_protocols = "TLSv1.3"
            ssl_conf_command = { Ciphersuites = "TLS_CHACHA20_POLY1305_SHA256" }
            return = "200 $ssl_cipher"

            [[server]]
            listen = "127.0.0.1:{{Port}}"
            server_name = "no.test"
            ssl_reject_handshake = true

            [[server]]
            listen = "127.0.0.1:{{ProxiedPort}} ssl proxy_protocol"
            return = "200 '$proxy_protocol_addr $scheme'"

            [[server]]
            listen = "127.0.0.1:{{HurriedPort}} ssl"
            ssl_handshake_timeout = "300ms"
            return = 204
            """;

        public override async Task InitializeAsync()
        {
            Certificates.Issue("a", "a.test");
            Certificates.Issue("wild", "*.wild.test");
            Certificates.Write("a-rsa", Certificates.Keep(TestCertificate.Rsa("a.test")));
            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            Certificates.Dispose();
        }
    }

    [RequiresToolTheory("curl")]
    [InlineData("--http1.1", "HTTP/1.1")]
    [InlineData("--http2", "HTTP/2.0")]
    public async Task Curl_verifies_the_certificate_and_is_served(string version, string protocol)
    {
        var (code, output) = await CurlAsync(version);

        Assert.Equal(0, code);
        Assert.StartsWith("TLSv1.3 ", output);
        Assert.EndsWith($" . a.test https {protocol}", output.Trim());
    }

    [RequiresToolTheory("openssl")]
    [InlineData("-tls1_2", "TLSv1.2")]
    [InlineData("-tls1_3", "TLSv1.3")]
    public async Task Openssl_speaks_version(string option, string version) =>
        Assert.Contains($"\n{version} ", await SClient.RunAsync(fixture.Port, "a.test", option));

    [RequiresToolTheory("openssl")]
    [InlineData("-tls1")]
    [InlineData("-tls1_1")]
    public async Task Broken_version_is_refused(string option)
    {
        // SECLEVEL=0 lets the client offer it at all.
        var output = await SClient.RunAsync(fixture.Port, "a.test", option, "-cipher", "ALL:@SECLEVEL=0");

        Assert.Contains("alert protocol version", output);
        Assert.DoesNotContain("HTTP/1.1 200", output);
    }

    [RequiresToolTheory("openssl")]
    [InlineData("ECDSA", "ECDSA")]
    [InlineData("RSA", "RSA")]
    public async Task Client_gets_the_certificate_it_can_use(string algorithm, string expected)
    {
        var signatures = algorithm == "ECDSA" ? "ecdsa_secp256r1_sha256" : "rsa_pss_rsae_sha256";
        var output = await SClient.RunAsync(fixture.Port, "a.test", "-tls1_3", "-sigalgs", signatures);

        Assert.Contains($"Peer signature type: {(expected == "RSA" ? "RSA-PSS" : "ECDSA")}", output);
        Assert.Contains("HTTP/1.1 200", output);
    }

    [RequiresToolTheory("openssl")]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Session_is_resumed_across_connections_and_a_reload(string version)
    {
        using var directory = new TempDirectory();
        var session = directory.File("session.pem");
        var first = await SClient.RunAsync(fixture.Port, "a.test", version, "-sess_out", session);
        Assert.Contains(" . a.test https", first);
        await fixture.Gateway.ReloadAsync();
        var next = directory.File("next.pem");
        var second = await SClient.RunAsync(fixture.Port, "a.test", version, "-sess_in", session, "-sess_out", next);

        // A ticket of TLS 1.2 is good for further connections and not replaced before its key is.
        var third = await SClient.RunAsync(fixture.Port, "a.test", version, "-sess_in", version == "-tls1_3" ? next : session);

        Assert.Contains("Reused, TLSv1.", second);
        Assert.Contains(" r a.test https", second);
        Assert.Contains("Reused, TLSv1.", third);
    }

    [Fact]
    public async Task Virtual_server_is_found_by_wildcard_and_else_by_default()
    {
        Assert.EndsWith("wild", await TlsClient.GetAsync(fixture.Port, "x.wild.test"));
        await using var wild = await TlsClient.ConnectAsync(fixture.Port, "x.y.wild.test");
        Assert.Equal("*.wild.test", wild.ServerName);
        await using var other = await TlsClient.ConnectAsync(fixture.Port, "other.test");
        Assert.Equal("a.test", other.ServerName);
    }

    [Fact]
    public async Task Settings_of_the_server_asked_for_hold()
    {
        Assert.EndsWith("TLS_CHACHA20_POLY1305_SHA256", await TlsClient.GetAsync(fixture.Port, "new.test"));
        await Assert.ThrowsAnyAsync<AuthenticationException>(() => TlsClient.GetAsync(fixture.Port, "new.test", configure: o => o.EnabledSslProtocols = SslProtocols.Tls12));
    }

    [RequiresTool("openssl")]
    public async Task Rejected_name_gets_the_alert_unrecognized_name()
    {
        Assert.Contains("unrecognized name", await SClient.RunAsync(fixture.Port, "no.test"));
        Assert.True((await fixture.Gateway.ScrapeAsync()).Sum("balancer_tls_handshake_failures_total", "reason=rejected") >= 1);
    }

    [RequiresTool("openssl")]
    public async Task Client_that_does_not_trust_the_certificate_is_counted()
    {
        await SClient.RunAsync(fixture.Port, "a.test", "-verify_return_error", "-CAfile", fixture.Certificates.PathOf("a-rsa.pem"));

        await Deadline.UntilAsync(
            async () => (await fixture.Gateway.ScrapeAsync()).Sum("balancer_tls_handshake_failures_total", "reason=client_alert") >= 1,
            () => "the alert is counted");
    }

    [Fact]
    public async Task Handshakes_are_counted_by_version()
    {
        var before = await fixture.Gateway.ScrapeAsync();
        await TlsClient.GetAsync(fixture.Port, "a.test", configure: o => o.EnabledSslProtocols = SslProtocols.Tls12);
        var after = await fixture.Gateway.ScrapeAsync();

        Assert.True(after.Sum("balancer_tls_handshakes_total", "version=TLSv1.2") > before.Sum("balancer_tls_handshakes_total", "version=TLSv1.2"));
        Assert.True(after.Sum("balancer_tls_certificate_expiry_timestamp_seconds", $"certificate={fixture.Certificates.PathOf("a.pem")}") > DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task Plain_http_is_answered_400()
    {
        var response = await RawClient.GetAsync(fixture.Port, "/");

        Assert.Equal(400, response.Status);
        Assert.Contains("The plain HTTP request was sent to HTTPS port", response.BodyText);
        Assert.Equal("close", response["Connection"]);
    }

    [Fact]
    public async Task Upstream_is_told_that_the_client_came_by_tls()
    {
        await TlsClient.GetAsync(fixture.Port, "a.test", "/up/proto");
        var request = await fixture.Upstream.WaitForRequestAsync("/up/proto");

        Assert.Equal("https", request["X-Forwarded-Proto"]);
    }

    [Fact]
    public async Task Proxy_protocol_comes_before_the_handshake()
    {
        var response = await TlsClient.GetAsync(fixture.ProxiedPort, "a.test", before: Encoding.ASCII.GetBytes("PROXY TCP4 192.0.2.7 192.0.2.8 1234 443\r\n"));

        Assert.EndsWith("192.0.2.7 https", response);
        await Assert.ThrowsAnyAsync<Exception>(() => TlsClient.GetAsync(fixture.ProxiedPort, "a.test"));
    }

    [Fact]
    public async Task Client_that_does_not_finish_its_handshake_is_cut_off()
    {
        await using var client = await RawClient.ConnectAsync(fixture.HurriedPort);
        await client.SendAsync("\x16\x03\x01");

        Assert.Equal("", await client.ReadToEndAsync());
        Assert.True((await fixture.Gateway.ScrapeAsync()).Sum("balancer_tls_handshake_failures_total", "reason=timeout") >= 1);
    }

    [Fact]
    public async Task Bodies_pass_unchanged_in_both_directions()
    {
        var body = new byte[5_000_000];
        new Random(1).NextBytes(body);
        fixture.Upstream.On("/up/echo", async x => await x.RespondAsync(200, Encoding.Latin1.GetString(await x.ReadBodyAsync())));
        using var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { TargetHost = "a.test", RemoteCertificateValidationCallback = (_, _, _, _) => true } };
        using var client = new HttpClient(handler);
        foreach (var version in new[] { "1.1", "2.0" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"https://127.0.0.1:{fixture.Port}/up/echo")
            {
                Version = Version.Parse(version),
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(body[..900_000]),
            };
            using var response = await client.SendAsync(request);

            Assert.Equal(Version.Parse(version), response.Version);
            Assert.Equal(body[..900_000], await response.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task Noise_harms_nobody()
    {
        var random = new Random(20261121);
        for (var i = 0; i < 150; i++)
        {
            var noise = new byte[random.Next(1, 600)];
            random.NextBytes(noise);
            if (i % 3 != 0)
            {
                byte[] start = [0x16, 3, 1, (byte)random.Next(3), (byte)random.Next(256), 1, 0, (byte)random.Next(3), (byte)random.Next(256), 3, 3];
                start.AsSpan(0, Math.Min(start.Length, noise.Length)).CopyTo(noise);
            }

            await using var client = await RawClient.ConnectAsync(fixture.Port);
            await client.TrySendAsync(noise);
            if (i % 2 == 0)
            {
                client.ShutdownSend();
            }
        }

        Assert.EndsWith("wild", await TlsClient.GetAsync(fixture.Port, "x.wild.test"));
    }

    private Task<(int ExitCode, string Output)> CurlAsync(params string[] options) => ChildProcess.RunAsync(
        Tools.Get("curl"), ["-sS", "--cacert", fixture.Certificates.PathOf("ca.pem"), "--connect-to", $"::127.0.0.1:{fixture.Port}", .. options, "https://a.test/"]);
}
