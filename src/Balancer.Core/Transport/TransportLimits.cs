namespace Balancer.Transport;

/// <summary>How much the gateway holds of one connection in one direction before the sender has to wait.</summary>
internal static class TransportLimits
{
    /// <summary>Bytes received and not yet processed before the socket is no longer read.</summary>
    public const int ReadBufferSize = 64 * 1024;

    /// <summary>Bytes written and not yet sent before the writer waits: a flush is over when the kernel has taken everything.</summary>
    public const int WriteBufferSize = 1;
}
