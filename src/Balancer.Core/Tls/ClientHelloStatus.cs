namespace Balancer.Tls;

/// <summary>What the first bytes of a connection are.</summary>
internal enum ClientHelloStatus
{
    /// <summary>More bytes are needed to tell.</summary>
    NeedMore,

    /// <summary>A whole ClientHello, or something that begins like one and that OpenSSL shall refuse.</summary>
    Complete,

    /// <summary>Text: most likely HTTP without TLS.</summary>
    Plain,

    /// <summary>Neither.</summary>
    Malformed,
}
