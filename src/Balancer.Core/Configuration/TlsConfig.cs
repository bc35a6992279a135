namespace Balancer.Configuration;

/// <summary>The <c>ssl_*</c> settings of a virtual server, which may stand at the top level too; a null was not written (see <see cref="Over"/>). Paths are absolute.</summary>
public sealed record TlsConfig
{
    /// <summary><c>ssl_certificate</c>: PEM files, the server's certificate first, intermediate ones after it. Several for keys of several kinds.</summary>
    public IReadOnlyList<ConfigText>? Certificates { get; init; }

    /// <summary><c>ssl_certificate_key</c>: PEM files, in the order of <see cref="Certificates"/>.</summary>
    public IReadOnlyList<ConfigText>? CertificateKeys { get; init; }

    /// <summary><c>ssl_protocols</c>. Default TLS 1.2 and 1.3.</summary>
    public TlsProtocols? Protocols { get; init; }

    /// <summary><c>ssl_ciphers</c>: OpenSSL's cipher list for TLS 1.2. Default <see cref="DefaultCiphers"/>.</summary>
    public ConfigText? Ciphers { get; init; }

    /// <summary><c>ssl_conf_command</c>: commands of OpenSSL's <c>SSL_CONF_cmd</c> by name.</summary>
    public IReadOnlyDictionary<string, ConfigText>? ConfCommands { get; init; }

    /// <summary><c>ssl_prefer_server_ciphers</c>. Default false.</summary>
    public bool? PreferServerCiphers { get; init; }

    /// <summary><c>ssl_ecdh_curve</c>: groups for the key exchange, separated by colons; <c>auto</c> leaves them to OpenSSL.</summary>
    public ConfigText? EcdhCurve { get; init; }

    /// <summary><c>ssl_session_timeout</c>: how long a client may resume a session. Default 5 min.</summary>
    public TimeSpan? SessionTimeout { get; init; }

    /// <summary><c>ssl_session_tickets</c>: whether sessions can be resumed. Default true.</summary>
    public bool? SessionTickets { get; init; }

    /// <summary><c>ssl_handshake_timeout</c>. Default 60 s.</summary>
    public TimeSpan? HandshakeTimeout { get; init; }

    /// <summary><c>ssl_reject_handshake</c>: whether clients that ask for this server are turned away. Default false.</summary>
    public bool? RejectHandshake { get; init; }

    /// <summary><c>ssl_client_certificate</c>: PEM file of the authorities that client certificates are verified with; their names are sent to clients.</summary>
    public ConfigText? ClientCertificate { get; init; }

    /// <summary><c>ssl_trusted_certificate</c>: PEM file of further authorities, whose names are not sent.</summary>
    public ConfigText? TrustedCertificate { get; init; }

    /// <summary><c>ssl_stapling</c>: whether the status of the certificates is asked for and sent along. Default false.</summary>
    public bool? Stapling { get; init; }

    /// <summary><c>ssl_stapling_file</c>: an OCSP response (DER) that is sent instead of asking.</summary>
    public ConfigText? StaplingFile { get; init; }

    /// <summary><c>ssl_stapling_responder</c>: whom to ask, instead of whom the certificate names.</summary>
    public ConfigText? StaplingResponder { get; init; }

    /// <summary><c>ssl_verify_client</c>. Default off.</summary>
    public TlsClientVerification? VerifyClient { get; init; }

    /// <summary><c>ssl_verify_depth</c>: how many issuers may stand between a client's certificate and a trusted one, that one included. Default 1.</summary>
    public int? VerifyDepth { get; init; }

    /// <summary><c>ssl_crl</c>: PEM file of revocation lists for client certificates.</summary>
    public ConfigText? Crl { get; init; }

    /// <summary>The ciphers of TLS 1.2 unless others are named: forward secrecy and authenticated encryption only.</summary>
    public const string DefaultCiphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

    /// <summary>These settings where written, those of <paramref name="outer"/> elsewhere.</summary>
    public TlsConfig Over(TlsConfig outer) => new()
    {
        Certificates = Certificates ?? outer.Certificates,
        CertificateKeys = CertificateKeys ?? outer.CertificateKeys,
        Protocols = Protocols ?? outer.Protocols,
        Ciphers = Ciphers ?? outer.Ciphers,
        ConfCommands = ConfCommands ?? outer.ConfCommands,
        PreferServerCiphers = PreferServerCiphers ?? outer.PreferServerCiphers,
        EcdhCurve = EcdhCurve ?? outer.EcdhCurve,
        SessionTimeout = SessionTimeout ?? outer.SessionTimeout,
        SessionTickets = SessionTickets ?? outer.SessionTickets,
        HandshakeTimeout = HandshakeTimeout ?? outer.HandshakeTimeout,
        RejectHandshake = RejectHandshake ?? outer.RejectHandshake,
        ClientCertificate = ClientCertificate ?? outer.ClientCertificate,
        TrustedCertificate = TrustedCertificate ?? outer.TrustedCertificate,
        Stapling = Stapling ?? outer.Stapling,
        StaplingFile = StaplingFile ?? outer.StaplingFile,
        StaplingResponder = StaplingResponder ?? outer.StaplingResponder,
        VerifyClient = VerifyClient ?? outer.VerifyClient,
        VerifyDepth = VerifyDepth ?? outer.VerifyDepth,
        Crl = Crl ?? outer.Crl,
    };
}
