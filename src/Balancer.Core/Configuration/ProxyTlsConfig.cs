namespace Balancer.Configuration;

/// <summary>The <c>proxy_ssl_*</c> settings, for <c>proxy_pass = "https://…"</c>; a null was not written (see <see cref="Over"/>). Paths are absolute.</summary>
public sealed record ProxyTlsConfig
{
    /// <summary><c>proxy_ssl_verify</c>: whether the server's certificate and name are verified. Default true.</summary>
    public bool? Verify { get; init; }

    /// <summary><c>proxy_ssl_verify_depth</c>. Default 1.</summary>
    public int? VerifyDepth { get; init; }

    /// <summary><c>proxy_ssl_trusted_certificate</c>: PEM file of the authorities. Default those of the system.</summary>
    public ConfigText? TrustedCertificate { get; init; }

    /// <summary><c>proxy_ssl_crl</c>: PEM file of revocation lists.</summary>
    public ConfigText? Crl { get; init; }

    /// <summary><c>proxy_ssl_name</c>: the name asked for and verified. Default the host of <c>proxy_pass</c>.</summary>
    public ConfigText? Name { get; init; }

    /// <summary><c>proxy_ssl_server_name</c>: whether the name is sent (SNI). Default true.</summary>
    public bool? ServerName { get; init; }

    /// <summary><c>proxy_ssl_certificate</c>: PEM file of the certificate shown to the server.</summary>
    public ConfigText? Certificate { get; init; }

    /// <summary><c>proxy_ssl_certificate_key</c>: its private key.</summary>
    public ConfigText? CertificateKey { get; init; }

    /// <summary><c>proxy_ssl_protocols</c>. Default TLS 1.2 and 1.3.</summary>
    public TlsProtocols? Protocols { get; init; }

    /// <summary><c>proxy_ssl_ciphers</c>: OpenSSL's cipher list for TLS 1.2. Default OpenSSL's own.</summary>
    public ConfigText? Ciphers { get; init; }

    /// <summary><c>proxy_ssl_session_reuse</c>. Default true.</summary>
    public bool? SessionReuse { get; init; }

    /// <summary>These settings where written, those of <paramref name="outer"/> elsewhere.</summary>
    public ProxyTlsConfig Over(ProxyTlsConfig outer) => new()
    {
        Verify = Verify ?? outer.Verify,
        VerifyDepth = VerifyDepth ?? outer.VerifyDepth,
        TrustedCertificate = TrustedCertificate ?? outer.TrustedCertificate,
        Crl = Crl ?? outer.Crl,
        Name = Name ?? outer.Name,
        ServerName = ServerName ?? outer.ServerName,
        Certificate = Certificate ?? outer.Certificate,
        CertificateKey = CertificateKey ?? outer.CertificateKey,
        Protocols = Protocols ?? outer.Protocols,
        Ciphers = Ciphers ?? outer.Ciphers,
        SessionReuse = SessionReuse ?? outer.SessionReuse,
    };
}
