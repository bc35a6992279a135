using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Balancer.Infrastructure;

/// <summary>Ends one direction of a connection: <see cref="WriteEnd"/>, a flush, <see cref="TryEndOutput"/>.</summary>
internal static class HalfClose
{
    /// <summary>Writes what the connection's protocol ends our direction with, if it has such a thing; the caller flushes it.</summary>
    public static void WriteEnd(ConnectionContext connection) => (connection as IOutputEnd)?.WriteEnd();

    /// <summary>
    /// Tells the other side that nothing more comes, while its own bytes are still read. What was flushed has left by then, since the
    /// transport's flush waits for the kernel to take it all.
    /// </summary>
    /// <returns>False when the connection is gone or its transport cannot do that.</returns>
    public static bool TryEndOutput(ConnectionContext connection)
    {
        var socket = connection is IOutputEnd end ? end.Socket : connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        if (socket is null)
        {
            return false;
        }

        try
        {
            socket.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            return false;
        }
    }
}
