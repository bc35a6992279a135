using System.Net.Sockets;

namespace Balancer.Infrastructure;

/// <summary>A connection whose protocol has an end of its own for each direction, as TLS has with <c>close_notify</c>.</summary>
internal interface IOutputEnd
{
    /// <summary>The socket below; null when the transport has none.</summary>
    Socket? Socket { get; }

    /// <summary>Writes the end of our direction, for the caller to flush. Nothing can be written after it; reading goes on.</summary>
    void WriteEnd();
}
