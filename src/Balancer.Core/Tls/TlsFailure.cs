namespace Balancer.Tls;

/// <summary>Why a connection got no further than its TLS handshake.</summary>
internal enum TlsFailure
{
    /// <summary>It did.</summary>
    None,

    /// <summary>It took longer than <c>ssl_handshake_timeout</c>.</summary>
    Timeout,

    /// <summary>The client closed or reset the connection.</summary>
    ClientClosed,

    /// <summary>The client refused to go on, by an alert: it does not trust the certificate, for instance.</summary>
    ClientAlert,

    /// <summary>The server asked for turns clients away (<c>ssl_reject_handshake</c>).</summary>
    Rejected,

    /// <summary>The client speaks no version that is allowed here.</summary>
    NoSharedVersion,

    /// <summary>Client and server have no cipher, group or signature algorithm in common.</summary>
    NoSharedAlgorithm,

    /// <summary>The client offers protocols by ALPN of which none is spoken here.</summary>
    NoSharedProtocol,

    /// <summary>Something else than a TLS handshake, or a broken one.</summary>
    Malformed,

    /// <summary>OpenSSL failed, through no fault of the client that is known.</summary>
    Internal,
}
