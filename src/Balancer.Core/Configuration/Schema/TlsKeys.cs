namespace Balancer.Configuration.Schema;

/// <summary>The <c>ssl_*</c> keys, which may stand at the top level and in a server.</summary>
internal static class TlsKeys
{
    private const string PemPath = "\"/etc/letsencrypt/live/example.com/";

    private static IReadOnlyList<LevelKey<TlsConfig>> All { get; } =
    [
        .. ServerKeys(),
        .. ClientKeys(),
    ];

    /// <summary>The keys for a level whose record holds these settings.</summary>
    public static IEnumerable<LevelKey<T>> Lift<T>(Func<T, TlsConfig> get, Func<T, TlsConfig, T> with) => All.Select(key => new LiftedKey<T, TlsConfig>(key, get, with));

    private static LevelKey<TlsConfig>[] ServerKeys() =>
    [
        Key.OptionalRef<TlsConfig, IReadOnlyList<ConfigText>>(
            "ssl_certificate", new ListType<ConfigText>(PemFileType.Instance), static t => t.Certificates, static (t, v) => t with { Certificates = v }, null,
            "PEM files of the certificate, intermediate ones after it. Several when there are keys of several kinds (RSA and ECDSA): each client gets the one it can use. Read again by itself when a file changes; a new one that is broken or expired is reported and the old one kept.",
            $"{PemPath}fullchain.pem\""),
        Key.OptionalRef<TlsConfig, IReadOnlyList<ConfigText>>(
            "ssl_certificate_key", new ListType<ConfigText>(PemFileType.Instance), static t => t.CertificateKeys, static (t, v) => t with { CertificateKeys = v }, null,
            "PEM files of the private keys, in the order of `ssl_certificate`. Not encrypted.", $"{PemPath}privkey.pem\""),
        Key.Optional<TlsConfig, TlsProtocols>(
            "ssl_protocols", new TlsProtocolsType(), static t => t.Protocols, static (t, v) => t with { Protocols = v }, "[\"TLSv1.2\", \"TLSv1.3\"]",
            "The versions spoken: TLSv1.2, TLSv1.3. Older ones are broken and refused.", "[\"TLSv1.3\"]"),
        Key.OptionalRef<TlsConfig, ConfigText>(
            "ssl_ciphers", TemplateType.NotEmpty, static t => t.Ciphers, static (t, v) => t with { Ciphers = v }, null,
            "The ciphers of TLS 1.2, as OpenSSL's list. Those without forward secrecy are left out whatever the list says. Without it: ECDHE with AES-GCM or ChaCha20-Poly1305. The ciphers of TLS 1.3 are set by `ssl_conf_command`.",
            "\"ECDHE+AESGCM:ECDHE+CHACHA20\""),
        Key.OptionalRef<TlsConfig, IReadOnlyDictionary<string, ConfigText>>(
            "ssl_conf_command", new TlsCommandsType(), static t => t.ConfCommands, static (t, v) => t with { ConfCommands = v }, null,
            $"Commands of OpenSSL: {string.Join(", ", TlsCommandsType.Names)}.", "{ Ciphersuites = \"TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256\" }"),
        Key.Optional<TlsConfig, bool>(
            "ssl_prefer_server_ciphers", BooleanType.Instance, static t => t.PreferServerCiphers, static (t, v) => t with { PreferServerCiphers = v }, "false",
            "Whether the order of our ciphers decides, instead of the client's.", "true"),
        Key.OptionalRef<TlsConfig, ConfigText>(
            "ssl_ecdh_curve", TemplateType.NotEmpty, static t => t.EcdhCurve, static (t, v) => t with { EcdhCurve = v }, "\"auto\"",
            "The groups for the key exchange in order of preference, separated by colons. `auto` leaves them to OpenSSL.", "\"X25519:prime256v1\""),
        Key.Optional<TlsConfig, TimeSpan>(
            "ssl_session_timeout", new TimeType(TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)), static t => t.SessionTimeout, static (t, v) => t with { SessionTimeout = v }, "\"5m\"",
            "How long a client may resume a session.", "\"1d\""),
        Key.Optional<TlsConfig, bool>(
            "ssl_session_tickets", BooleanType.Instance, static t => t.SessionTickets, static (t, v) => t with { SessionTickets = v }, "true",
            "Whether clients may resume sessions, by tickets whose keys change by themselves. Without them every connection makes a full handshake.", "false"),
        Key.Optional<TlsConfig, TimeSpan>(
            "ssl_handshake_timeout", TimeType.Timeout, static t => t.HandshakeTimeout, static (t, v) => t with { HandshakeTimeout = v }, "\"1m\"",
            "Longest time a TLS handshake may take; the connection is closed after it.", "\"10s\"", "nginx stream `ssl_handshake_timeout`"),
        Key.Optional<TlsConfig, bool>(
            "ssl_stapling", BooleanType.Instance, static t => t.Stapling, static (t, v) => t with { Stapling = v }, "false",
            "Whether the certificate's issuer is asked for its status (OCSP) in the background, and the answer sent to clients. An answer is used only if it is signed by the issuer or whom it appoints; a certificate without responder or issuer is reported.", "true"),
        Key.OptionalRef<TlsConfig, ConfigText>(
            "ssl_stapling_responder", new ResponderType(), static t => t.StaplingResponder, static (t, v) => t with { StaplingResponder = v }, null,
            "Whom to ask, instead of whom the certificate names.", "\"http://ocsp.example.com/\""),
        Key.OptionalRef<TlsConfig, ConfigText>(
            "ssl_stapling_file", PemFileType.Instance, static t => t.StaplingFile, static (t, v) => t with { StaplingFile = v }, null,
            "A file with the OCSP response (DER) to send, instead of asking.", "\"/var/lib/balancer/ocsp.der\""),
        Key.Optional<TlsConfig, bool>(
            "ssl_reject_handshake", BooleanType.Instance, static t => t.RejectHandshake, static (t, v) => t with { RejectHandshake = v }, "false",
            "Whether clients that ask for this server, or for none that is known if it is the default, are turned away with the alert unrecognized_name. Such a server needs no certificate.", "true"),
    ];

    private static LevelKey<TlsConfig>[] ClientKeys() =>
    [
        Key.Optional<TlsConfig, TlsClientVerification>(
            "ssl_verify_client", new VerifyClientType(), static t => t.VerifyClient, static (t, v) => t with { VerifyClient = v }, "\"off\"",
            "Whether clients must show a certificate: on, off, optional (one that is shown must verify) or optional_no_ca (its issuer need not be known). Requests without one that is needed are answered 400. `$ssl_client_verify` tells the result.",
            "\"on\""),
        Key.OptionalRef<TlsConfig, ConfigText>(
            "ssl_client_certificate", PemFileType.Instance, static t => t.ClientCertificate, static (t, v) => t with { ClientCertificate = v }, null,
            "PEM file of the authorities that sign client certificates. Clients are told their names.", "\"/etc/balancer/clients-ca.pem\""),
        Key.OptionalRef<TlsConfig, ConfigText>(
            "ssl_trusted_certificate", PemFileType.Instance, static t => t.TrustedCertificate, static (t, v) => t with { TrustedCertificate = v }, null,
            "PEM file of further authorities, whose names clients are not told. The issuer for `ssl_stapling` is looked for here too.", "\"/etc/balancer/roots.pem\""),
        Key.Optional<TlsConfig, int>(
            "ssl_verify_depth", new IntegerType(0, 100), static t => t.VerifyDepth, static (t, v) => t with { VerifyDepth = v }, "1",
            "How many certificates may follow the client's own up to a trusted one.", "2"),
        Key.OptionalRef<TlsConfig, ConfigText>(
            "ssl_crl", PemFileType.Instance, static t => t.Crl, static (t, v) => t with { Crl = v }, null,
            "PEM file of the lists of revoked client certificates, one for every authority of a chain.", "\"/etc/balancer/clients.crl\""),
    ];
}
