using Balancer.Configuration;
using Balancer.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Tls;

public sealed class TlsServerTests : IDisposable
{
    private readonly CertificateFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly TestCertificate _first = TestCertificate.Ecdsa("first.test");
    private readonly TestCertificate _second = TestCertificate.Ecdsa("second.test");
    private readonly TlsServices _services;

    public TlsServerTests() => _services = new TlsServices(_time, NullLoggerFactory.Instance);

    [Fact]
    public void Unchanged_files_change_nothing()
    {
        var server = Load(_folder.Config(("a", _first)));
        var context = server.Context;

        Assert.False(server.Refresh(new TlsFiles()));
        Assert.Same(context, server.Context);
    }

    [Fact]
    public void Renewed_certificate_is_used()
    {
        var server = Load(_folder.Config(("a", _first)));
        _folder.Write("a", _second);

        Assert.True(server.Refresh(new TlsFiles()));
        Assert.Equal("CN=second.test", server.Context!.Certificates[0].Subject);
        Assert.Equal(1, _services.Metrics.Renewals.Value);
    }

    [Fact]
    public void Link_that_points_elsewhere_is_followed()
    {
        // certbot keeps live/NAME/fullchain.pem as a link to ../../archive/NAME/fullchainN.pem.
        _folder.Write("archive1", _first);
        _folder.Write("archive2", _second);
        Link("live.pem", "archive1.pem");
        Link("live.key", "archive1.key");
        var server = Load(new TlsConfig { Certificates = [_folder.Text("live.pem")], CertificateKeys = [_folder.Text("live.key")] });
        Link("live.pem", "archive2.pem");
        Link("live.key", "archive2.key");

        Assert.True(server.Refresh(new TlsFiles()));
        Assert.Equal("CN=second.test", server.Context!.Certificates[0].Subject);
    }

    [Fact]
    public void Certificate_whose_key_has_not_come_yet_waits_for_it()
    {
        var server = Load(_folder.Config(("a", _first)));
        var context = server.Context;
        _folder.Write("a.pem", _second.Pem);

        Assert.False(server.Refresh(new TlsFiles()));
        Assert.Same(context, server.Context);
        _folder.Write("a.key", _second.KeyPem);
        Assert.True(server.Refresh(new TlsFiles()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void Broken_file_keeps_the_old_certificate_and_is_reported_once(string content)
    {
        var server = Load(_folder.Config(("a", _first)));
        var context = server.Context;
        _folder.Write("a.pem", content);

        Assert.False(server.Refresh(new TlsFiles()));
        Assert.False(server.Refresh(new TlsFiles()));
        Assert.Same(context, server.Context);
        Assert.Equal(1, _services.Metrics.RefusedRenewals.Value);
    }

    [Fact]
    public void File_that_vanished_keeps_the_old_certificate()
    {
        var server = Load(_folder.Config(("a", _first)));
        var context = server.Context;
        File.Delete(_folder.PathOf("a.pem"));

        Assert.False(server.Refresh(new TlsFiles()));
        Assert.Same(context, server.Context);
    }

    [Fact]
    public void Expired_certificate_does_not_replace_a_good_one()
    {
        using var expired = TestCertificate.Ecdsa("old.test", _time.GetUtcNow().AddDays(-9), _time.GetUtcNow().AddDays(-2));
        var config = _folder.Config(("a", _first));
        var server = Load(config);
        _folder.Write("a", expired);

        Assert.False(server.Refresh(new TlsFiles()));
        Assert.Equal("CN=first.test", server.Context!.Certificates[0].Subject);

        // A reload keeps it too.
        Assert.Equal("CN=first.test", Load(config, server).Context!.Certificates[0].Subject);
        Assert.Equal(2, _services.Metrics.RefusedRenewals.Value);
    }

    [Fact]
    public void Expired_certificate_is_used_when_there_is_no_other()
    {
        using var expired = TestCertificate.Ecdsa("old.test", _time.GetUtcNow().AddDays(-9), _time.GetUtcNow().AddDays(-2));
        var server = Load(_folder.Config(("a", expired)));

        Assert.NotNull(server.Context);
    }

    [Fact]
    public async Task Watcher_notices_within_its_period_and_tells_the_expiry()
    {
        var server = Load(_folder.Config(("a", _first)));
        await using var watcher = new TlsWatcher(_services);
        watcher.Watch([server]);
        Assert.Equal("CN=first.test", _services.Metrics.Certificates.Single().Subject);
        _folder.Write("a", _second);
        watcher.Refresh();

        Assert.Equal("CN=second.test", _services.Metrics.Certificates.Single().Subject);
    }

    [Fact]
    public void Every_fault_names_file_and_place()
    {
        using var other = TestCertificate.Ecdsa("c.test");
        var config = _folder.Config(("a", _first));
        _folder.Write("other.key", other.KeyPem);
        AssertFault(config with { Certificates = [_folder.Text("none.pem")] }, "ssl_certificate: 'none.pem' does not exist");
        AssertFault(config with { CertificateKeys = [_folder.Text("none.key")] }, "ssl_certificate_key: 'none.key' does not exist");
        AssertFault(config with { CertificateKeys = [_folder.Text("other.key")] }, "ssl_certificate_key: 'other.key' does not belong to the certificate 'a.pem'");
        AssertFault(config with { Certificates = [_folder.Text("a.key")] }, "ssl_certificate: 'a.key' holds no certificate in PEM form");
        AssertFault(config with { CertificateKeys = [_folder.Text("a.pem")] }, "ssl_certificate_key: 'a.pem' holds no private key that can be read");
        AssertFault(config with { Ciphers = Text("AES256-SHA") }, "ssl_ciphers: names no cipher with forward secrecy that OpenSSL knows");
        AssertFault(config with { EcdhCurve = Text("P-999") }, "ssl_ecdh_curve: OpenSSL does not know 'P-999'");
        AssertFault(config with { ConfCommands = new Dictionary<string, ConfigText> { ["Ciphersuites"] = Text("TLS_NULL") } }, "ssl_conf_command: OpenSSL refuses Ciphersuites 'TLS_NULL'");
        AssertFault(config with { VerifyClient = TlsClientVerification.On, ClientCertificate = _folder.Text("none.pem") }, "ssl_client_certificate: 'none.pem' does not exist");
        AssertFault(config with { VerifyClient = TlsClientVerification.On, ClientCertificate = _folder.Text("a.pem"), Crl = _folder.Text("a.pem") }, "ssl_crl: 'a.pem' holds no revocation list in PEM form");
        AssertFault(config with { Certificates = [.. config.Certificates!, .. config.Certificates!], CertificateKeys = [.. config.CertificateKeys!, .. config.CertificateKeys!] }, "ssl_certificate: 'a.pem' has a key of the same kind as 'a.pem'");
    }

    [Fact]
    public void Encrypted_key_is_refused_without_asking_for_its_password()
    {
        var config = _folder.Config(("a", _first));
        using var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(_first.Certificate)!;
        var parameters = new System.Security.Cryptography.PbeParameters(System.Security.Cryptography.PbeEncryptionAlgorithm.Aes256Cbc, System.Security.Cryptography.HashAlgorithmName.SHA256, 1000);
        _folder.Write("a.key", key.ExportEncryptedPkcs8PrivateKeyPem("secret", parameters));

        AssertFault(config, "ssl_certificate_key: 'a.key' holds no private key that can be read: encrypted keys are not supported yet");
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _folder.Dispose();
    }

    private static ConfigText Text(string value) => new(value, new SourceLocation("main.toml", 3, 7));

    private TlsServer Load(TlsConfig config, TlsServer? previous = null)
    {
        var errors = new List<ConfigError>();
        var server = new TlsServer(config, "test", offersHttp2: true, _services);
        server.Load(new TlsFiles(), previous, errors);
        Assert.Empty(errors);
        return server;
    }

    private void AssertFault(TlsConfig config, string message)
    {
        var errors = new List<ConfigError>();
        new TlsServer(config, "test", offersHttp2: true, _services).Load(new TlsFiles(), null, errors);
        var error = Assert.Single(errors);
        Assert.StartsWith(message, error.Message.Replace(_folder.PathOf("") + "/", "", StringComparison.Ordinal));
        Assert.Equal("main.toml", error.Location.File);
    }

    private void Link(string name, string target)
    {
        File.Delete(_folder.PathOf(name));
        File.CreateSymbolicLink(_folder.PathOf(name), target);
    }
}
