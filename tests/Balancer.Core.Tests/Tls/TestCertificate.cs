using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Balancer.Tls;

/// <summary>Makes certificates.</summary>
internal sealed class TestCertificate : IDisposable
{
    private TestCertificate(X509Certificate2 certificate) => Certificate = certificate;

    /// <summary>The certificate with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The certificate in PEM form.</summary>
    public string Pem => Certificate.ExportCertificatePem() + "\n";

    /// <summary>The key in PEM form.</summary>
    public string KeyPem => (Certificate.GetECDsaPrivateKey()?.ExportPkcs8PrivateKeyPem() ?? Certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem()) + "\n";

    /// <summary>One with an ECDSA key on P-256, signed by itself or by an authority.</summary>
    public static TestCertificate Ecdsa(string name, DateTimeOffset? from = null, DateTimeOffset? until = null, TestCertificate? issuer = null, bool isAuthority = false, string? responder = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        if (responder is not null)
        {
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([responder], []));
        }

        return Create(request, key, name, from, until, issuer, isAuthority);
    }

    /// <summary>One with an RSA key.</summary>
    public static TestCertificate Rsa(string name)
    {
        using var key = RSA.Create(2048);
        return Create(new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), key, name, null, null, null, false);
    }

    /// <summary>The list of what this authority has revoked, in PEM form.</summary>
    public string Crl(params TestCertificate[] revoked)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var certificate in revoked)
        {
            list.AddEntry(certificate.Certificate);
        }

        var der = list.Build(Certificate, 1, DateTimeOffset.UtcNow.AddDays(7), HashAlgorithmName.SHA256);
        return PemEncoding.WriteString("X509 CRL", der) + "\n";
    }

    public void Dispose() => Certificate.Dispose();

    private static TestCertificate Create(CertificateRequest request, AsymmetricAlgorithm key, string name, DateTimeOffset? from, DateTimeOffset? until, TestCertificate? issuer, bool isAuthority)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name.Replace(' ', '-'));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var start = from ?? DateTimeOffset.UtcNow.AddDays(-1);
        var end = until ?? DateTimeOffset.UtcNow.AddDays(30);
        if (issuer is null)
        {
            return new TestCertificate(request.CreateSelfSigned(start, end));
        }

        using var issued = request.Create(issuer.Certificate, start, end, RandomNumberGenerator.GetBytes(8));
        return new TestCertificate(key is RSA rsa ? issued.CopyWithPrivateKey(rsa) : issued.CopyWithPrivateKey((ECDsa)key));
    }
}
