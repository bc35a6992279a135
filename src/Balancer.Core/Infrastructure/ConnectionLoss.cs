using System.Net.Sockets;

namespace Balancer.Infrastructure;

/// <summary>
/// Tells the exceptions by which a pipe of the transport reports that its connection is no more from those that are bugs: a reset is an
/// <see cref="IOException"/>, an abort of ours an <see cref="OperationCanceledException"/>, a host that has died a <see cref="SocketException"/>.
/// </summary>
internal static class ConnectionLoss
{
    /// <summary>Whether the exception says that the connection is lost.</summary>
    public static bool Is(Exception exception) => exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException;
}
