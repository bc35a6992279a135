using System.Buffers;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Observability.Metrics;

namespace Balancer.Tls;

public sealed class TlsAcceptorTests
{
    [Fact]
    public async Task Server_is_chosen_by_the_name_asked_for()
    {
        using var folder = new CertificateFolder();
        using var other = TestCertificate.Ecdsa("b.test");
        await using var pair = new TlsPair(folder: folder);
        pair.Add("b.test", folder.Config(("b", other)));

        var (server, client) = await pair.ConnectAsync(o => o.TargetHost = "b.test");

        Assert.Equal("CN=b.test", client.RemoteCertificate!.Subject);
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("unknown.test")]
    [InlineData("")]
    public async Task Unknown_or_absent_name_gets_the_default_server(string name)
    {
        await using var pair = new TlsPair();
        var (server, client) = await pair.ConnectAsync(o => o.TargetHost = name);

        Assert.Equal("CN=a.test", client.RemoteCertificate!.Subject);
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "1.2.840.113549.1.1.1")]
    [InlineData("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "1.2.840.10045.2.1")]
    public async Task Client_gets_the_certificate_of_the_key_it_can_use(string cipher, string keyKind)
    {
        using var folder = new CertificateFolder();
        using var rsa = TestCertificate.Rsa("a.test");
        using var ecdsa = TestCertificate.Ecdsa("a.test");
        await using var pair = new TlsPair(_ => folder.Config(("rsa", rsa), ("ecdsa", ecdsa)), folder);

        var (server, client) = await pair.ConnectAsync(o =>
        {
            o.EnabledSslProtocols = SslProtocols.Tls12;
            o.CipherSuitesPolicy = new CipherSuitesPolicy([Enum.Parse<TlsCipherSuite>(cipher)]);
        });

        Assert.Equal(keyKind, client.RemoteCertificate!.GetKeyAlgorithm());
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Protocol_is_chosen_by_alpn()
    {
        await using var pair = new TlsPair();
        var (server, client) = await pair.ConnectAsync(o => o.ApplicationProtocols = [new SslApplicationProtocol("h9"), SslApplicationProtocol.Http11]);

        Assert.Equal(SslApplicationProtocol.Http11, client.NegotiatedApplicationProtocol);
        Assert.Equal("http/1.1", Encoding.ASCII.GetString(server.Session!.Field(TlsField.AlpnProtocol)));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Client_that_offers_other_protocols_only_is_refused() =>
        Assert.Equal(TlsFailure.NoSharedProtocol, await FailAsync(null, o => o.ApplicationProtocols = [new SslApplicationProtocol("h9")]));

    [Fact]
    public async Task Client_without_a_shared_version_is_refused() =>
        Assert.Equal(TlsFailure.NoSharedVersion, await FailAsync(c => c with { Protocols = TlsProtocols.Tls13 }, o => o.EnabledSslProtocols = SslProtocols.Tls12));

    [Fact]
    public async Task Client_without_a_shared_cipher_is_refused() =>
        Assert.Equal(TlsFailure.NoSharedAlgorithm, await FailAsync(null, o =>
        {
            o.EnabledSslProtocols = SslProtocols.Tls12;
            o.CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]);
        }));

    [Fact]
    public async Task Ciphers_without_forward_secrecy_are_never_spoken() =>
        Assert.Equal(TlsFailure.NoSharedAlgorithm, await FailAsync(c => c with { Ciphers = new ConfigText("ALL", SourceLocation.None) }, o =>
        {
            o.EnabledSslProtocols = SslProtocols.Tls12;
            o.CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256]);
        }));

    [Fact]
    public async Task Rejecting_server_answers_with_the_alert_unrecognized_name()
    {
        await using var pair = new TlsPair();
        pair.Add("no.test", new TlsConfig { RejectHandshake = true });
        var client = pair.CreateClient();
        var connecting = client.AuthenticateAsClientAsync("no.test");
        var accepted = await pair.Acceptor.AcceptAsync();

        Assert.Equal(TlsFailure.Rejected, accepted.Failure);
        await Assert.ThrowsAnyAsync<Exception>(() => connecting);
    }

    [Fact]
    public async Task Handshake_that_stands_still_ends_at_its_timeout()
    {
        await using var pair = new TlsPair(c => c with { HandshakeTimeout = TimeSpan.FromSeconds(5) });
        await pair.ClientOutput.WriteAsync(new byte[] { 0x16, 3, 1 });
        var accepting = pair.Acceptor.AcceptAsync().AsTask();

        pair.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(accepting.IsCompleted);
        pair.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(TlsFailure.Timeout, (await accepting).Failure);
    }

    [Fact]
    public async Task Drip_of_bytes_does_not_put_the_timeout_off()
    {
        await using var pair = new TlsPair(c => c with { HandshakeTimeout = TimeSpan.FromSeconds(5) });
        var accepting = pair.Acceptor.AcceptAsync().AsTask();
        foreach (var b in new byte[] { 0x16, 3, 1, 0, 200, 1, 0 })
        {
            await pair.ClientOutput.WriteAsync(new[] { b });
            pair.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(TlsFailure.Timeout, (await accepting).Failure);
    }

    [Fact]
    public async Task Draining_leaves_a_second_to_a_handshake()
    {
        await using var pair = new TlsPair();
        var accepting = pair.Acceptor.AcceptAsync().AsTask();
        pair.Acceptor.Drain();
        pair.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(TlsFailure.Timeout, (await accepting).Failure);
    }

    [Fact]
    public async Task Client_that_goes_away_is_counted_so()
    {
        await using var pair = new TlsPair();
        var accepting = pair.Acceptor.AcceptAsync().AsTask();
        await pair.ClientOutput.CompleteAsync();

        Assert.Equal(TlsFailure.ClientClosed, (await accepting).Failure);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", true)]
    [InlineData("\r\nGET /", true)]
    [InlineData("\x01\x02", false)]
    [InlineData("\x80\x2e\x01\x03\x01", false)]
    [InlineData("\x17\x03\x03\x00\x01\x00", false)]
    [InlineData("\x16\x02\x03\x00\x05\x01\x00\x00\x01\x00", false)]
    [InlineData("\x16\x03\x03\x00\x05\x02\x00\x00\x01\x00", false)]
    [InlineData("\x16\x03\x03\x00\x05\x01\x00\x00\x01\x00", false)]
    public async Task First_bytes_tell_what_the_client_speaks(string sent, bool isPlain)
    {
        await using var pair = new TlsPair();
        await pair.ClientOutput.WriteAsync(Encoding.Latin1.GetBytes(sent));
        await pair.ClientOutput.CompleteAsync();
        var accepted = await pair.Acceptor.AcceptAsync();

        Assert.Null(accepted.Connection);
        Assert.Equal(isPlain ? TlsFailure.None : TlsFailure.Malformed, accepted.Failure);
    }

    [Fact]
    public async Task Plain_http_is_left_unread()
    {
        await using var pair = new TlsPair();
        await pair.ClientOutput.WriteAsync("GET / HTTP/1.1\r\n"u8.ToArray());
        await pair.Acceptor.AcceptAsync();

        var read = await pair.Transport.Transport.Input.ReadAsync();

        Assert.Equal("GET / HTTP/1.1\r\n", Encoding.ASCII.GetString(read.Buffer.ToArray()));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Handshakes_are_counted_by_version(SslProtocols version)
    {
        await using var pair = new TlsPair();
        var (server, _) = await pair.ConnectAsync(o => o.EnabledSslProtocols = version);
        await server.DisposeAsync();

        var collector = new MetricsCollector();
        pair.Services.Metrics.Collect(collector);
        var samples = collector.ToList().Single(f => f.Family == MetricFamilies.TlsHandshakes).Samples;
        Assert.Equal(1, samples.Single(s => s.Value > 0).Value);
    }

    private static async Task<TlsFailure> FailAsync(Func<TlsConfig, TlsConfig>? configure, Action<SslClientAuthenticationOptions> client)
    {
        await using var pair = new TlsPair(configure);
        var options = new SslClientAuthenticationOptions { TargetHost = "a.test", RemoteCertificateValidationCallback = (_, _, _, _) => true };
        client(options);
        var stream = pair.CreateClient();
        var connecting = stream.AuthenticateAsClientAsync(options);
        var accepted = await pair.Acceptor.AcceptAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => connecting);
        return accepted.Failure;
    }
}
