namespace Balancer.Configuration;

/// <summary><c>ssl_verify_client</c>.</summary>
public enum TlsClientVerification
{
    /// <summary>Clients are not asked for a certificate.</summary>
    Off,

    /// <summary>A request without a certificate that verifies is answered 400.</summary>
    On,

    /// <summary>A certificate need not be sent; one that is must verify.</summary>
    Optional,

    /// <summary>A certificate need not be sent, and its issuer need not be known: whoever the request is passed to decides.</summary>
    OptionalNoCa,
}
