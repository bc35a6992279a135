namespace Balancer.Configuration;

/// <summary><c>ssl_protocols</c>.</summary>
[Flags]
public enum TlsProtocols
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>TLS 1.2.</summary>
    Tls12 = 1,

    /// <summary>TLS 1.3.</summary>
    Tls13 = 2,
}
