using System.Security.Cryptography.X509Certificates;

namespace Balancer.Tls;

/// <summary>What is known of a server's own certificate.</summary>
/// <param name="Path">The file it was read from.</param>
/// <param name="KeyKind">The kind of its key, as an object identifier.</param>
/// <param name="NotBefore">When it becomes valid.</param>
/// <param name="NotAfter">When it expires.</param>
/// <param name="Subject">Whom it names, for the log.</param>
internal sealed record TlsCertificate(string Path, string KeyKind, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string Subject)
{
    /// <summary>Reads a certificate.</summary>
    public static TlsCertificate Read(string path, byte[] der)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der);
        return new TlsCertificate(path, certificate.PublicKey.Oid.Value ?? "", new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter), certificate.Subject);
    }

    /// <summary>Whether it is valid at a time.</summary>
    public bool IsValidAt(DateTimeOffset time) => time >= NotBefore && time <= NotAfter;
}
