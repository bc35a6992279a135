namespace Balancer.Tls;

/// <summary>What became of a step of the handshake.</summary>
internal enum TlsHandshakeStep
{
    /// <summary>More bytes of the client are needed.</summary>
    NeedMore,

    /// <summary>The handshake is done.</summary>
    Done,

    /// <summary>It failed; OpenSSL's error queue of this thread tells why, and an alert is in the output.</summary>
    Failed,
}
