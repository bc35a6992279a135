using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Balancer.Infrastructure;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Balancer.Transport;

/// <summary>Dials upstream servers over Kestrel's sockets transport.</summary>
internal sealed class Connector : IDisposable
{
    private readonly SocketConnectionContextFactory _factory;

    public Connector(ILoggerFactory loggers)
    {
        var options = new SocketConnectionFactoryOptions
        {
            UnsafePreferInlineScheduling = true,

            // Idle upstream connections are few; reading straight into a buffer saves a system call per response.
            WaitForDataBeforeAllocatingBuffer = false,
            MaxReadBufferSize = TransportLimits.ReadBufferSize,
            MaxWriteBufferSize = TransportLimits.WriteBufferSize,
        };
        HasLargeBlocks = ReceiveBlocks.TryUse(options);
        _factory = new SocketConnectionContextFactory(options, loggers.CreateLogger("Balancer.Transport"));
    }

    /// <summary>Whether a large response is received in large pieces.</summary>
    public bool HasLargeBlocks { get; }

    /// <summary>Connects to <paramref name="endPoint"/>, for up to <paramref name="timeoutMilliseconds"/> or until <paramref name="guard"/> is interrupted.</summary>
    /// <returns><see cref="SocketError.TimedOut"/> when the time is over, <see cref="SocketError.OperationAborted"/> when interrupted, else what the system said.</returns>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    public async ValueTask<ConnectResult> ConnectAsync(EndPoint endPoint, long timeoutMilliseconds, IoGuard guard)
    {
        Socket socket;
        try
        {
            var protocol = endPoint.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp;
            socket = new Socket(endPoint.AddressFamily, SocketType.Stream, protocol);
        }
        catch (SocketException e)
        {
            // Out of descriptors, or an address family the machine does not have.
            return new ConnectResult(null, e.SocketErrorCode);
        }

        if (endPoint.AddressFamily != AddressFamily.Unix)
        {
            socket.NoDelay = true;
        }

        using var operation = new ConnectOperation();
        var pending = operation.ConnectAsync(socket, endPoint);
        guard.BeginWait(operation, timeoutMilliseconds);
        var error = await pending;
        var expired = guard.Expired;
        guard.End();
        if (error == SocketError.Success)
        {
            try
            {
                return new ConnectResult(_factory.Create(socket), error);
            }
            catch (Exception e) when (ConnectionLoss.Is(e))
            {
                // Reset at once, or interrupted just as it was made.
                error = SocketError.ConnectionReset;
            }
        }

        socket.Dispose();
        return new ConnectResult(null, expired ? SocketError.TimedOut : error);
    }

    /// <inheritdoc/>
    public void Dispose() => _factory.Dispose();
}
