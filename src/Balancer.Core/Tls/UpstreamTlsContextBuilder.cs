using Balancer.Configuration;
using Balancer.Tls.OpenSsl;

namespace Balancer.Tls;

/// <summary>Sets up OpenSSL for the <c>proxy_ssl_*</c> settings of a location, and reports what is wrong with them and their files.</summary>
/// <param name="config">The settings.</param>
/// <param name="files">Reads the files.</param>
/// <param name="errors">Receives the faults.</param>
internal sealed class UpstreamTlsContextBuilder(ProxyTlsConfig config, TlsFiles files, ICollection<ConfigError> errors)
{
    /// <summary>Sets it up; null when there are faults.</summary>
    public UpstreamTlsContext? Build()
    {
        var before = errors.Count;
        var handle = new SslContextHandle(isClient: true);
        SetProtocol(handle);
        UseCertificate(handle);
        var verifies = config.Verify ?? true;
        if (verifies)
        {
            Verify(handle);
        }

        var resumes = config.SessionReuse ?? true;
        LibSsl.ContextControl(handle, LibSsl.CtrlSetSessionCacheMode, resumes ? LibSsl.SessionsOfClients : 0, 0);
        if (resumes)
        {
            LibSsl.ContextSetNewSessionCallback(handle, EngineCallbacks.TakeSession);
        }

        if (errors.Count > before)
        {
            handle.Dispose();
            return null;
        }

        return new UpstreamTlsContext
        {
            Handle = handle,
            Verifies = verifies,
            SendsName = config.ServerName ?? true,
            ResumesSessions = resumes,
            Identity = Identity(),
        };
    }

    private string Identity()
    {
        IEnumerable<ConfigText?> read = [config.TrustedCertificate, config.Crl, config.Certificate, config.CertificateKey];
        var contents = Convert.ToHexStringLower(files.Fingerprint(read.OfType<ConfigText>().Select(static text => text.Value)));
        return string.Join('\n', config.Verify, config.VerifyDepth, config.ServerName, config.Protocols, config.Ciphers?.Value, config.SessionReuse, string.Join(':', read.Select(static text => text?.Value)), contents);
    }

    private void SetProtocol(SslContextHandle handle)
    {
        var protocols = config.Protocols ?? (TlsProtocols.Tls12 | TlsProtocols.Tls13);
        LibSsl.ContextControl(handle, LibSsl.CtrlSetMinVersion, protocols.HasFlag(TlsProtocols.Tls12) ? LibSsl.Tls12 : LibSsl.Tls13, 0);
        LibSsl.ContextControl(handle, LibSsl.CtrlSetMaxVersion, protocols.HasFlag(TlsProtocols.Tls13) ? LibSsl.Tls13 : LibSsl.Tls12, 0);
        LibSsl.ContextControl(handle, LibSsl.CtrlMode, (nint)(LibSsl.ModeReleaseBuffers | LibSsl.ModeNoAutoChain), 0);
        LibSsl.ContextControl(handle, LibSsl.CtrlSetReadAhead, 1, 0);
        LibSsl.ContextSetOptions(handle, LibSsl.OptionNoCompression | LibSsl.OptionNoRenegotiation);
        LibCrypto.ClearErrors();
        if (config.Ciphers is { } ciphers && LibSsl.ContextSetCiphers(handle, ciphers.Value) != 1)
        {
            Fail(ciphers, "proxy_ssl_ciphers: names no cipher that OpenSSL knows", OpenSslErrors.Take());
        }
    }

    private void UseCertificate(SslContextHandle handle)
    {
        if (config.Certificate is not { } certificateFile || config.CertificateKey is not { } keyFile)
        {
            if ((config.Certificate ?? config.CertificateKey) is { } alone)
            {
                Fail(alone, config.Certificate is null ? "'proxy_ssl_certificate_key' needs 'proxy_ssl_certificate'" : "'proxy_ssl_certificate' needs 'proxy_ssl_certificate_key'", "");
            }

            return;
        }

        var hasCertificate = TryRead("proxy_ssl_certificate", certificateFile, out var certificatePem);
        if (!TryRead("proxy_ssl_certificate_key", keyFile, out var keyPem) || !hasCertificate)
        {
            return;
        }

        using var chain = PemObjects.ReadCertificates(certificatePem);
        using var key = PemObjects.ReadKey(keyPem);
        if (chain.Certificates.Count == 0)
        {
            Fail(certificateFile, $"proxy_ssl_certificate: '{certificateFile}' holds no certificate in PEM form", "");
            return;
        }

        if (key.Key == 0)
        {
            Fail(keyFile, $"proxy_ssl_certificate_key: '{keyFile}' holds no private key that can be read", OpenSslErrors.Take());
            return;
        }

        LibCrypto.ClearErrors();
        if (LibCrypto.CertificateMatchesKey(chain.Certificates[0], key.Key) != 1)
        {
            OpenSslErrors.Take();
            Fail(keyFile, $"proxy_ssl_certificate_key: '{keyFile}' does not belong to the certificate '{certificateFile}'", "");
        }
        else if (LibSsl.ContextUseCertificate(handle, chain.Certificates[0]) != 1
            || LibSsl.ContextUsePrivateKey(handle, key.Key) != 1
            || chain.Certificates.Skip(1).Any(issuer => LibSsl.ContextControl(handle, LibSsl.CtrlChainCertificate, 1, issuer) != 1))
        {
            Fail(certificateFile, $"proxy_ssl_certificate: OpenSSL refuses '{certificateFile}'", OpenSslErrors.Take());
        }
    }

    private void Verify(SslContextHandle handle)
    {
        LibSsl.ContextSetVerify(handle, LibSsl.VerifyPeer, 0);
        LibSsl.ContextSetVerifyDepth(handle, config.VerifyDepth ?? 1);
        var store = LibSsl.ContextGetStore(handle);
        if (config.TrustedCertificate is not { } trusted)
        {
            _ = LibSsl.ContextTrustSystem(handle);
        }
        else if (TryRead("proxy_ssl_trusted_certificate", trusted, out var pem))
        {
            using var authorities = PemObjects.ReadCertificates(pem);
            if (authorities.Certificates.Count == 0)
            {
                Fail(trusted, $"proxy_ssl_trusted_certificate: '{trusted}' holds no certificate in PEM form", "");
            }

            foreach (var authority in authorities.Certificates)
            {
                _ = LibCrypto.StoreAddCertificate(store, authority);
            }
        }

        if (config.Crl is { } crl && TryRead("proxy_ssl_crl", crl, out var lists) && !RevocationLists.TryAdd(store, lists))
        {
            Fail(crl, $"proxy_ssl_crl: '{crl}' holds no revocation list in PEM form", "");
        }
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

    private void Fail(ConfigText text, string message, string reason) =>
        errors.Add(new ConfigError(text.Location, reason.Length > 0 ? $"{message}: {reason}" : message));
}
