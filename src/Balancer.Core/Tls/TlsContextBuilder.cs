using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Balancer.Configuration;
using Balancer.Tls.Ocsp;
using Balancer.Tls.OpenSsl;

namespace Balancer.Tls;

/// <summary>Sets up OpenSSL for one virtual server, and reports what is wrong with its settings and files.</summary>
/// <param name="config">The settings.</param>
/// <param name="serverName">Tells apart servers whose sessions must not be resumed at each other.</param>
/// <param name="files">Reads the files.</param>
/// <param name="services">What all servers share.</param>
/// <param name="errors">Receives the faults.</param>
internal sealed unsafe class TlsContextBuilder(TlsConfig config, string serverName, TlsFiles files, TlsServices services, ICollection<ConfigError> errors)
{
    /// <summary>Cipher suites without authentication, without encryption or without forward secrecy are not spoken, whatever the list says.</summary>
    private const string ExcludedCiphers = ":!aNULL:!eNULL:!EXPORT:!LOW:!MD5:!RC4:!3DES:!kRSA:!PSK:!SRP";

    private const uint ConfFlags = 0x2 | 0x8 | 0x10 | 0x20;

    private readonly Dictionary<nint, OcspStaple> _staples = [];

    /// <summary>The files the settings name, in a fixed order.</summary>
    public static IEnumerable<string> FilesOf(TlsConfig config)
    {
        IEnumerable<ConfigText?> single = [config.ClientCertificate, config.TrustedCertificate, config.Crl, config.StaplingFile];
        return (config.Certificates ?? []).Concat(config.CertificateKeys ?? []).Concat(single.OfType<ConfigText>()).Select(static text => text.Value);
    }

    /// <summary>Sets it up; null when there are faults.</summary>
    /// <param name="protocols">The protocols offered by ALPN, the best first.</param>
    public TlsContext? Build(byte[][] protocols)
    {
        var before = errors.Count;
        var tickets = services.Tickets;
        var handle = new SslContextHandle();
        SetProtocol(handle);
        SetCiphers(handle);
        var certificates = UseCertificates(handle);
        VerifyClients(handle);
        SetSessions(handle, tickets);
        LibSsl.ContextSetAlpnCallback(handle, EngineCallbacks.SelectProtocol, 0);
        RunCommands(handle);
        var stapled = ReadStapledFile();
        if (stapled is not null || _staples.Count > 0)
        {
            LibSsl.ContextSetCallback(handle, LibSsl.CtrlSetStatusCallback, EngineCallbacks.StapleStatus);
        }

        if (errors.Count > before)
        {
            handle.Dispose();
            return null;
        }

        return new TlsContext
        {
            Handle = handle,
            Certificates = certificates,
            Tickets = config.SessionTickets ?? true ? tickets : null,
            Protocols = protocols,
            Staples = _staples.ToFrozenDictionary(),
            StapledFile = stapled,
            Time = services.Time,
            Fingerprint = files.Fingerprint(FilesOf(config)),
        };
    }

    private void SetProtocol(SslContextHandle handle)
    {
        var protocols = config.Protocols ?? (TlsProtocols.Tls12 | TlsProtocols.Tls13);
        LibSsl.ContextControl(handle, LibSsl.CtrlSetMinVersion, protocols.HasFlag(TlsProtocols.Tls12) ? LibSsl.Tls12 : LibSsl.Tls13, 0);
        LibSsl.ContextControl(handle, LibSsl.CtrlSetMaxVersion, protocols.HasFlag(TlsProtocols.Tls13) ? LibSsl.Tls13 : LibSsl.Tls12, 0);
        LibSsl.ContextControl(handle, LibSsl.CtrlMode, (nint)(LibSsl.ModeReleaseBuffers | LibSsl.ModeNoAutoChain), 0);

        // A record's header and its body are taken in one go.
        LibSsl.ContextControl(handle, LibSsl.CtrlSetReadAhead, 1, 0);
        var options = LibSsl.OptionNoCompression | LibSsl.OptionNoRenegotiation;
        LibSsl.ContextSetOptions(handle, config.PreferServerCiphers ?? false ? options | LibSsl.OptionServerPreference : options);
    }

    private void SetCiphers(SslContextHandle handle)
    {
        var list = config.Ciphers?.Value ?? TlsConfig.DefaultCiphers;
        LibCrypto.ClearErrors();
        if (LibSsl.ContextSetCiphers(handle, list + ExcludedCiphers) != 1)
        {
            Fail(config.Ciphers, "ssl_ciphers: names no cipher with forward secrecy that OpenSSL knows", OpenSslErrors.Take());
        }

        if (config.EcdhCurve is { Value: not "auto" } curve)
        {
            var text = Marshal.StringToCoTaskMemUTF8(curve.Value);
            LibCrypto.ClearErrors();
            if (LibSsl.ContextControl(handle, LibSsl.CtrlSetGroupsList, 0, text) != 1)
            {
                Fail(curve, $"ssl_ecdh_curve: OpenSSL does not know '{curve}', expected groups such as X25519:prime256v1", OpenSslErrors.Take());
            }

            Marshal.FreeCoTaskMem(text);
        }
    }

    private List<TlsCertificate> UseCertificates(SslContextHandle handle)
    {
        var used = new List<TlsCertificate>();
        var certificates = config.Certificates ?? [];
        var keys = config.CertificateKeys ?? [];
        for (var i = 0; i < Math.Min(certificates.Count, keys.Count); i++)
        {
            if (UsePair(handle, certificates[i], keys[i]) is not { } certificate)
            {
                continue;
            }

            if (used.Find(other => other.KeyKind == certificate.KeyKind) is { } other)
            {
                Fail(certificates[i], $"ssl_certificate: '{certificates[i]}' has a key of the same kind as '{other.Path}', of which only one can be used", "");
            }

            used.Add(certificate);
        }

        return used;
    }

    private TlsCertificate? UsePair(SslContextHandle handle, ConfigText certificateFile, ConfigText keyFile)
    {
        // Both are read, so that faults of both are told.
        var hasCertificate = TryRead("ssl_certificate", certificateFile, out var certificatePem);
        if (!TryRead("ssl_certificate_key", keyFile, out var keyPem) || !hasCertificate)
        {
            return null;
        }

        using var chain = PemObjects.ReadCertificates(certificatePem);
        using var key = PemObjects.ReadKey(keyPem);
        if (chain.Certificates.Count == 0)
        {
            Fail(certificateFile, $"ssl_certificate: '{certificateFile}' holds no certificate in PEM form", "");
            return null;
        }

        if (key.Key == 0)
        {
            var isEncrypted = keyPem.AsSpan().IndexOf("ENCRYPTED"u8) >= 0;
            Fail(keyFile, $"ssl_certificate_key: '{keyFile}' holds no private key that can be read", isEncrypted ? "encrypted keys are not supported yet" : OpenSslErrors.Take());
            return null;
        }

        LibCrypto.ClearErrors();
        if (LibCrypto.CertificateMatchesKey(chain.Certificates[0], key.Key) != 1)
        {
            OpenSslErrors.Take();
            Fail(keyFile, $"ssl_certificate_key: '{keyFile}' does not belong to the certificate '{certificateFile}'", "");
            return null;
        }

        if (LibSsl.ContextUseCertificate(handle, chain.Certificates[0]) != 1 || LibSsl.ContextUsePrivateKey(handle, key.Key) != 1)
        {
            Fail(certificateFile, $"ssl_certificate: OpenSSL refuses '{certificateFile}'", OpenSslErrors.Take());
            return null;
        }

        foreach (var issuer in chain.Certificates.Skip(1))
        {
            if (LibSsl.ContextControl(handle, LibSsl.CtrlChainCertificate, 1, issuer) != 1)
            {
                Fail(certificateFile, $"ssl_certificate: OpenSSL refuses a certificate of the chain in '{certificateFile}'", OpenSslErrors.Take());
                return null;
            }
        }

        Staple(certificateFile, chain);
        return TlsCertificate.Read(certificateFile.Value, PemObjects.ToDer(chain.Certificates[0]));
    }

    private void Staple(ConfigText file, PemObjects chain)
    {
        if (!(config.Stapling ?? false) || config.StaplingFile is not null)
        {
            return;
        }

        var certificate = chain.Certificates[0];
        using var trusted = PemObjects.ReadCertificates(config.TrustedCertificate is { } trust && TryRead("ssl_trusted_certificate", trust, out var pem) ? pem : []);
        var target = OcspTarget.Find(file.Value, certificate, chain.Certificates.Skip(1).Concat(trusted.Certificates), config.StaplingResponder?.Value, out var fault);
        if (target is null)
        {
            services.Log.OcspImpossible(file.Value, fault);
        }
        else
        {
            _staples[certificate] = services.Ocsp.Find(target);
        }
    }

    private byte[]? ReadStapledFile()
    {
        if (!(config.Stapling ?? false) || config.StaplingFile is not { } file || !TryRead("ssl_stapling_file", file, out var response))
        {
            return null;
        }

        if (!OcspMessages.IsResponse(response))
        {
            Fail(file, $"ssl_stapling_file: '{file}' holds no OCSP response in DER form", "");
        }

        return response;
    }

    private void VerifyClients(SslContextHandle handle)
    {
        if ((config.VerifyClient ?? TlsClientVerification.Off) == TlsClientVerification.Off)
        {
            return;
        }

        LibSsl.ContextSetVerify(handle, LibSsl.VerifyPeer, EngineCallbacks.AcceptCertificate);
        LibSsl.ContextSetVerifyDepth(handle, config.VerifyDepth ?? 1);
        var store = LibSsl.ContextGetStore(handle);
        Trust("ssl_client_certificate", config.ClientCertificate, certificate =>
            LibCrypto.StoreAddCertificate(store, certificate) == 1 && LibSsl.ContextAddClientCa(handle, certificate) == 1);
        Trust("ssl_trusted_certificate", config.TrustedCertificate, certificate => LibCrypto.StoreAddCertificate(store, certificate) == 1);
        if (config.Crl is not { } file || !TryRead("ssl_crl", file, out var pem))
        {
            return;
        }

        if (!RevocationLists.TryAdd(store, pem))
        {
            Fail(file, $"ssl_crl: '{file}' holds no revocation list in PEM form", "");
        }
    }

    private void Trust(string key, ConfigText? file, Func<nint, bool> add)
    {
        if (file is null || !TryRead(key, file, out var pem))
        {
            return;
        }

        using var authorities = PemObjects.ReadCertificates(pem);
        if (authorities.Certificates.Count == 0)
        {
            Fail(file, $"{key}: '{file}' holds no certificate in PEM form", "");
        }

        foreach (var authority in authorities.Certificates)
        {
            if (!add(authority))
            {
                Fail(file, $"{key}: OpenSSL refuses a certificate of '{file}'", OpenSslErrors.Take());
            }
        }
    }

    private void SetSessions(SslContextHandle handle, TicketKeyRing tickets)
    {
        LibSsl.ContextControl(handle, LibSsl.CtrlSetSessionCacheMode, 0, 0);
        var timeout = config.SessionTimeout ?? TimeSpan.FromMinutes(5);
        LibSsl.ContextSetTimeout(handle, (nint)timeout.TotalSeconds);

        // A session must not be carried to a server that trusts other clients.
        var trust = files.Fingerprint(((IEnumerable<ConfigText?>)[config.ClientCertificate, config.TrustedCertificate, config.Crl]).OfType<ConfigText>().Select(static text => text.Value));
        var identity = SHA256.HashData([.. Encoding.UTF8.GetBytes($"{serverName}\n{config.VerifyClient}\n{config.VerifyDepth}\n"), .. trust]);
        fixed (byte* id = identity)
        {
            LibSsl.ContextSetSessionIdContext(handle, id, (uint)identity.Length);
        }

        if (config.SessionTickets ?? true)
        {
            tickets.Honour(timeout);
            LibSsl.ContextSetTicketCallback(handle, EngineCallbacks.TicketKeys);
        }
        else
        {
            LibSsl.ContextSetOptions(handle, LibSsl.OptionNoTicket);
            LibSsl.ContextSetTicketCount(handle, 0);
        }
    }

    private void RunCommands(SslContextHandle handle)
    {
        if (config.ConfCommands is not { Count: > 0 } commands)
        {
            return;
        }

        var conf = LibSsl.ConfNew();
        _ = LibSsl.ConfSetFlags(conf, ConfFlags);
        LibSsl.ConfSetContext(conf, handle);
        foreach (var (name, value) in commands)
        {
            LibCrypto.ClearErrors();
            if (LibSsl.ConfCommand(conf, name, value.Value) <= 0)
            {
                Fail(value, $"ssl_conf_command: OpenSSL refuses {name} '{value}'", OpenSslErrors.Take());
            }
        }

        _ = LibSsl.ConfFinish(conf);
        LibSsl.ConfFree(conf);
    }

    private bool TryRead(string key, ConfigText file, out byte[] content)
    {
        if (files.TryRead(file.Value, out content, out var fault))
        {
            return true;
        }

        Fail(file, $"{key}: '{file}' {fault}", "");
        return false;
    }

    private void Fail(ConfigText? text, string message, string reason) =>
        errors.Add(new ConfigError(text?.Location ?? SourceLocation.None, reason.Length > 0 ? $"{message}: {reason}" : message));
}
