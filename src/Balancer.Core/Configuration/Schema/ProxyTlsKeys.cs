namespace Balancer.Configuration.Schema;

/// <summary>The <c>proxy_ssl_*</c> keys, which are settings.</summary>
internal static class ProxyTlsKeys
{
    private static IReadOnlyList<LevelKey<ProxyTlsConfig>> All { get; } =
    [
        Key.Optional<ProxyTlsConfig, bool>(
            "proxy_ssl_verify", BooleanType.Instance, static t => t.Verify, static (t, v) => t with { Verify = v }, "true",
            "Whether the certificate of an https upstream server must be signed by a trusted authority, be valid and be for `proxy_ssl_name`. Otherwise 502.", "false"),
        Key.Optional<ProxyTlsConfig, int>(
            "proxy_ssl_verify_depth", new IntegerType(0, 100), static t => t.VerifyDepth, static (t, v) => t with { VerifyDepth = v }, "1",
            "How many authorities may stand between the server's certificate and a trusted one.", "2"),
        Key.OptionalRef<ProxyTlsConfig, ConfigText>(
            "proxy_ssl_trusted_certificate", PemFileType.Instance, static t => t.TrustedCertificate, static (t, v) => t with { TrustedCertificate = v }, null,
            "PEM file of the authorities trusted to sign certificates of upstream servers. Without it those of the system.", "\"/etc/balancer/upstream-ca.pem\""),
        Key.OptionalRef<ProxyTlsConfig, ConfigText>(
            "proxy_ssl_crl", PemFileType.Instance, static t => t.Crl, static (t, v) => t with { Crl = v }, null,
            "PEM file of the lists of revoked certificates, one for every authority of a chain.", "\"/etc/balancer/upstream.crl\""),
        Key.OptionalRef<ProxyTlsConfig, ConfigText>(
            "proxy_ssl_name", TemplateType.NotEmpty, static t => t.Name, static (t, v) => t with { Name = v }, null,
            "The name the certificate must be for, and that the server is asked for. Without it the host of `proxy_pass`.", "\"app.internal\""),
        Key.Optional<ProxyTlsConfig, bool>(
            "proxy_ssl_server_name", BooleanType.Instance, static t => t.ServerName, static (t, v) => t with { ServerName = v }, "true",
            "Whether the server is told the name (SNI).", "false"),
        Key.OptionalRef<ProxyTlsConfig, ConfigText>(
            "proxy_ssl_certificate", PemFileType.Instance, static t => t.Certificate, static (t, v) => t with { Certificate = v }, null,
            "PEM file of the certificate shown to upstream servers that ask for one, intermediate ones after it.", "\"/etc/balancer/gateway.pem\""),
        Key.OptionalRef<ProxyTlsConfig, ConfigText>(
            "proxy_ssl_certificate_key", PemFileType.Instance, static t => t.CertificateKey, static (t, v) => t with { CertificateKey = v }, null,
            "PEM file of its private key. Not encrypted.", "\"/etc/balancer/gateway.key\""),
        Key.Optional<ProxyTlsConfig, TlsProtocols>(
            "proxy_ssl_protocols", new TlsProtocolsType(), static t => t.Protocols, static (t, v) => t with { Protocols = v }, "[\"TLSv1.2\", \"TLSv1.3\"]",
            "The versions spoken to upstream servers.", "[\"TLSv1.3\"]"),
        Key.OptionalRef<ProxyTlsConfig, ConfigText>(
            "proxy_ssl_ciphers", TemplateType.NotEmpty, static t => t.Ciphers, static (t, v) => t with { Ciphers = v }, null,
            "The ciphers of TLS 1.2 spoken to upstream servers, as OpenSSL's list. Without it OpenSSL's own.", "\"ECDHE+AESGCM\""),
        Key.Optional<ProxyTlsConfig, bool>(
            "proxy_ssl_session_reuse", BooleanType.Instance, static t => t.SessionReuse, static (t, v) => t with { SessionReuse = v }, "true",
            "Whether a new connection resumes the session of one before.", "false"),
    ];

    /// <summary>The keys for the settings.</summary>
    public static IEnumerable<LevelKey<SettingsConfig>> Lifted { get; } = All.Select(static key =>
        new LiftedKey<SettingsConfig, ProxyTlsConfig>(key, static s => s.ProxyTls, static (s, v) => s with { ProxyTls = v }));
}
