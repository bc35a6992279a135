using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Balancer.Tls.OpenSsl;

namespace Balancer.Tls.Ocsp;

/// <summary>A certificate whose status is asked for, and where.</summary>
/// <param name="Path">The file the certificate was read from, for the log.</param>
/// <param name="Certificate">The certificate, as DER.</param>
/// <param name="Issuer">The certificate of who issued it, as DER.</param>
/// <param name="Responder">Where to ask: an <c>http://</c> address.</param>
internal sealed record OcspTarget(string Path, byte[] Certificate, byte[] Issuer, Uri Responder)
{
    /// <summary>Tells apart certificates and responders.</summary>
    public string Key { get; } = Convert.ToHexString(SHA256.HashData(Certificate)) + Responder;

    /// <summary>Finds the issuer and the responder of a certificate.</summary>
    /// <param name="path">The file of the certificate.</param>
    /// <param name="certificate">The certificate (<c>X509</c>).</param>
    /// <param name="candidates">Certificates among which the issuer may be.</param>
    /// <param name="responder">Where to ask; null takes what the certificate says.</param>
    /// <param name="fault">Why there is no result.</param>
    public static OcspTarget? Find(string path, nint certificate, IEnumerable<nint> candidates, string? responder, out string fault)
    {
        var der = PemObjects.ToDer(certificate);
        var issuer = candidates.FirstOrDefault(candidate => LibOcsp.CheckIssued(candidate, certificate) == 0);
        var address = responder ?? ResponderOf(der);
        fault = issuer == 0 ? "the certificate of its issuer is neither in the file nor in ssl_trusted_certificate"
            : address is null ? "it names no OCSP responder, and ssl_stapling_responder is not set"
            : Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp ? "" : $"its OCSP responder '{address}' is no http address";
        return fault.Length == 0 ? new OcspTarget(path, der, PemObjects.ToDer(issuer), new Uri(address!)) : null;
    }

    private static string? ResponderOf(byte[] der)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der);
        return certificate.Extensions.OfType<X509AuthorityInformationAccessExtension>().SelectMany(static access => access.EnumerateOcspUris()).FirstOrDefault();
    }
}
