using Balancer.Configuration.Values;

namespace Balancer.Configuration.Validation;

/// <summary>What a server needs whose address speaks TLS, and what the <c>ssl_*</c> keys say about each other.</summary>
internal static class TlsValidator
{
    /// <summary>Checks the servers.</summary>
    /// <param name="servers">The servers, each <c>listen</c> with the options of its address.</param>
    /// <param name="isWell">Whether every line could be read: else what is missing may stand in one that could not.</param>
    /// <param name="errors">Receives the faults.</param>
    public static void Check(IReadOnlyList<ServerConfig> servers, bool isWell, List<ConfigError> errors)
    {
        foreach (var server in servers)
        {
            var listen = server.Listen.FirstOrDefault(static l => l.Ssl);
            if (CheckPairs(server.Tls, errors) && isWell && listen is not null && server.Tls.Certificates is null && server.Tls.RejectHandshake != true)
            {
                errors.Add(new ConfigError(server.Location, $"'ssl_certificate' is missing, which the server needs for 'listen {ListenAddress.Format(listen.EndPoint)} ssl' at {listen.Source}"));
            }

            if (isWell && server.Tls is { VerifyClient: TlsClientVerification.On or TlsClientVerification.Optional, ClientCertificate: null, TrustedCertificate: null })
            {
                errors.Add(new ConfigError(server.Location, "'ssl_verify_client' needs 'ssl_client_certificate', the authorities that sign the certificates of clients"));
            }
        }
    }

    private static bool CheckPairs(TlsConfig tls, List<ConfigError> errors)
    {
        var (certificates, keys) = (tls.Certificates ?? [], tls.CertificateKeys ?? []);
        for (var i = keys.Count; i < certificates.Count; i++)
        {
            Fail(errors, certificates[i], $"ssl_certificate: '{certificates[i]}' has no 'ssl_certificate_key'");
        }

        for (var i = certificates.Count; i < keys.Count; i++)
        {
            Fail(errors, keys[i], $"ssl_certificate_key: '{keys[i]}' has no 'ssl_certificate'");
        }

        return certificates.Count == keys.Count;
    }

    private static void Fail(List<ConfigError> errors, ConfigText text, string message) => errors.Add(new ConfigError(text.Location, message));
}
