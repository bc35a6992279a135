using System.Collections.Frozen;
using Balancer.Tls.Ocsp;
using Balancer.Tls.OpenSsl;

namespace Balancer.Tls;

/// <summary>What connections to one virtual server are set up with: certificates, versions, ciphers. Immutable; a change of a file makes a new one.</summary>
internal sealed class TlsContext
{
    /// <summary>OpenSSL's side of it.</summary>
    public required SslContextHandle Handle { get; init; }

    /// <summary>The certificates, one for each kind of key.</summary>
    public required IReadOnlyList<TlsCertificate> Certificates { get; init; }

    /// <summary>The keys of session tickets; null when sessions cannot be resumed.</summary>
    public TicketKeyRing? Tickets { get; init; }

    /// <summary>What is stapled to the certificates, by OpenSSL's address of each, which is good as long as <see cref="Handle"/> is.</summary>
    public IReadOnlyDictionary<nint, OcspStaple> Staples { get; init; } = FrozenDictionary<nint, OcspStaple>.Empty;

    /// <summary>A response that is stapled to every certificate as it is (<c>ssl_stapling_file</c>); null without one.</summary>
    public byte[]? StapledFile { get; init; }

    /// <summary>Tells the time.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The protocols offered by ALPN (RFC 7301), the best first.</summary>
    public required byte[][] Protocols { get; init; }

    /// <summary>Tells apart the contents of the files it was made from.</summary>
    public required byte[] Fingerprint { get; init; }

    /// <summary>The response to be stapled to a certificate; null for none.</summary>
    /// <param name="certificate">OpenSSL's address of the certificate.</param>
    public byte[]? FindStaple(nint certificate) => StapledFile ?? (Staples.TryGetValue(certificate, out var staple) ? staple.ResponseAt(Time.GetUtcNow()) : null);

    /// <summary>Whether all certificates are valid at a time.</summary>
    public bool IsValidAt(DateTimeOffset time) => Certificates.All(certificate => certificate.IsValidAt(time));
}
