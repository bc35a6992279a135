using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Balancer.Infrastructure;

/// <summary>
/// Tells whether the kernel holds more of a connection than was read of it. The transport reads some 4 KB at a time: who passes a large body
/// on would send each piece by itself, at thrice the cost, while it cannot know that the next one is there already.
/// </summary>
internal readonly struct ReceiveQueue
{
    private readonly Socket? _socket;

    /// <summary>The queue of <paramref name="connection"/>; one that is never known to hold anything when the transport shows no socket.</summary>
    public ReceiveQueue(ConnectionContext connection)
    {
        _socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
    }

    /// <summary>Whether the next read will get bytes without waiting for the peer. One system call; false for a connection that is broken.</summary>
    public bool HasMore()
    {
        try
        {
            return _socket is { Available: > 0 };
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            return false;
        }
    }
}
