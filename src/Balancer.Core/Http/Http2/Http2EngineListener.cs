using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Balancer.Http.Http2;

/// <summary>A listener the engine accepts connections from that were accepted, and decrypted, elsewhere.</summary>
internal sealed class Http2EngineListener(EndPoint endPoint) : IConnectionListener, IConnectionListenerFactory
{
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>(new UnboundedChannelOptions { SingleReader = true });

    /// <inheritdoc/>
    public EndPoint EndPoint { get; } = endPoint;

    /// <summary>Hands a connection over. False when the engine has stopped.</summary>
    public bool TryAdd(ConnectionContext connection) => _accepted.Writer.TryWrite(connection);

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _accepted.Reader.WaitToReadAsync(cancellationToken) && _accepted.Reader.TryRead(out var connection) ? connection : null;

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();
}
