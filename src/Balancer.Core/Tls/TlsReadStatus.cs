namespace Balancer.Tls;

/// <summary>Why decrypting stopped.</summary>
internal enum TlsReadStatus
{
    /// <summary>All input is decrypted, as far as its records are complete.</summary>
    NeedMore,

    /// <summary>The buffer for decrypted bytes is full.</summary>
    Full,

    /// <summary>The peer said goodbye (<c>close_notify</c>): nothing follows.</summary>
    Closed,

    /// <summary>A record was tampered with or the peer broke the protocol: nothing more can be read or written.</summary>
    Broken,
}
