using System.Net;
using System.Net.Sockets;
using Balancer.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Balancer.Transport;

/// <summary>
/// A listener whose connections run on Kestrel's sockets transport. The accept loop is our own: running out of
/// descriptors must slow it down instead of making it spin, and stopping must first take what the backlog holds.
/// </summary>
internal sealed partial class SocketListener : IConnectionListener
{
    private const int MaxBacklogWaits = 200;

    private static readonly TimeSpan BacklogPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan ExhaustedPause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly SocketConnectionContextFactory _factory;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _unbind = new();
    private readonly string? _unixPath;

    public SocketListener(ListenConfig listen, ILoggerFactory loggers, TimeProvider time)
    {
        _logger = loggers.CreateLogger("Balancer.Transport");
        _time = time;
        _socket = ListenSocket.Open(listen);
        EndPoint = _socket.LocalEndPoint ?? listen.EndPoint;
        _unixPath = listen.EndPoint is UnixDomainSocketEndPoint ? listen.EndPoint.ToString() : null;
        _factory = new SocketConnectionContextFactory(
            new SocketConnectionFactoryOptions
            {
                UnsafePreferInlineScheduling = true,

                // An idle connection must not hold a 4 KB buffer: with ten thousand of them that is the larger part of what they cost.
                WaitForDataBeforeAllocatingBuffer = true,
                MaxReadBufferSize = TransportLimits.ReadBufferSize,
                MaxWriteBufferSize = TransportLimits.WriteBufferSize,
            },
            _logger);
    }

    /// <summary>The address bound, with the port the system chose when 0 was asked for.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>The next connection; null once <see cref="UnbindAsync"/> was called.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                return _factory.Create(await _socket.AcceptAsync(_unbind.Token));
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException) when (_unbind.IsCancellationRequested)
            {
                return null;
            }
            catch (SocketException e) when (IsOfConnection(e.SocketErrorCode))
            {
                // The client gave up while it was in the backlog.
                LogAcceptFailed(EndPoint, e.SocketErrorCode);
            }
            catch (SocketException e)
            {
                // No descriptor is left, or the socket is broken: the next attempt would fail at once as well.
                LogExhausted(EndPoint, e.SocketErrorCode);
                await Task.Delay(ExhaustedPause, _time, CancellationToken.None);
            }
        }
    }

    /// <summary>Accepts no more and frees the address, after the backlog was emptied: connections the kernel has accepted are not reset.</summary>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (_unbind.IsCancellationRequested)
        {
            return;
        }

        if (!SynFilter.TryAttach(_socket))
        {
            // The next best: a backlog that takes one connection at a time, so it is soon found empty.
            _socket.Listen(0);
        }

        for (var i = 0; i < MaxBacklogWaits && _socket.Poll(0, SelectMode.SelectRead); i++)
        {
            // The accept loop is at it.
            await Task.Delay(BacklogPause, _time, CancellationToken.None);
        }

        await _unbind.CancelAsync();
        _socket.Dispose();
        if (_unixPath is not null)
        {
            File.Delete(_unixPath);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        _unbind.Dispose();
        _factory.Dispose();
    }

    /// <summary>Whether an error is of the connection that was to be accepted, not of the socket (accept(2), "Error handling").</summary>
    private static bool IsOfConnection(SocketError error) => error
        is SocketError.ConnectionAborted
        or SocketError.ConnectionReset
        or SocketError.NetworkDown
        or SocketError.NetworkUnreachable
        or SocketError.HostDown
        or SocketError.HostUnreachable
        or SocketError.ProtocolOption
        or SocketError.OperationNotSupported;

    [LoggerMessage(EventId = 2001, EventName = "accept-exhausted", Level = LogLevel.Critical, Message = "no more connections can be accepted on {Listen}: {Error}; trying again")]
    private partial void LogExhausted(EndPoint listen, SocketError error);

    [LoggerMessage(EventId = 2002, EventName = "accept-failed", Level = LogLevel.Debug, Message = "a connection on {Listen} was gone before it was accepted: {Error}")]
    private partial void LogAcceptFailed(EndPoint listen, SocketError error);
}
