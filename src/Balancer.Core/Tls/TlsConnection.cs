using System.IO.Pipelines;
using System.Net.Sockets;
using Balancer.Infrastructure;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Balancer.Tls;

/// <summary>A connection whose bytes are encrypted on the wire; <see cref="Transport"/> carries the plain ones.</summary>
internal sealed class TlsConnection : ConnectionContext, IDuplexPipe, IOutputEnd
{
    private readonly ConnectionContext _transport;
    private readonly TlsEngine _engine;
    private readonly TlsPipeWriter _output;
    private IDuplexPipe _pipe;
    private int _disposed;

    /// <summary>Wraps a connection whose handshake is done.</summary>
    /// <param name="transport">The connection.</param>
    /// <param name="engine">Its engine.</param>
    /// <param name="session">What a client's connection agreed on; null on one to an upstream server.</param>
    public TlsConnection(ConnectionContext transport, TlsEngine engine, OpenSslSession? session)
    {
        _transport = transport;
        _engine = engine;
        Session = session;
        Input = new TlsPipeReader(engine, transport.Transport.Input);
        _output = new TlsPipeWriter(engine, transport.Transport.Output);
        _pipe = this;
        Socket = transport.Features.Get<IConnectionSocketFeature>()?.Socket;

        // Whoever sees the socket reads encrypted bytes from it, or ends it without a close_notify.
        transport.Features.Set<IConnectionSocketFeature>(null);
    }

    /// <summary>What was agreed on with a client; null on a connection to an upstream server.</summary>
    public OpenSslSession? Session { get; }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output => _output;

    /// <inheritdoc/>
    public Socket? Socket { get; }

    /// <inheritdoc/>
    public override IDuplexPipe Transport
    {
        get => _pipe;
        set => _pipe = value;
    }

    /// <inheritdoc/>
    public override string ConnectionId
    {
        get => _transport.ConnectionId;
        set => _transport.ConnectionId = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features => _transport.Features;

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items
    {
        get => _transport.Items;
        set => _transport.Items = value;
    }

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed
    {
        get => _transport.ConnectionClosed;
        set => _transport.ConnectionClosed = value;
    }

    /// <inheritdoc/>
    public override System.Net.EndPoint? LocalEndPoint
    {
        get => _transport.LocalEndPoint;
        set => _transport.LocalEndPoint = value;
    }

    /// <inheritdoc/>
    public override System.Net.EndPoint? RemoteEndPoint
    {
        get => _transport.RemoteEndPoint;
        set => _transport.RemoteEndPoint = value;
    }

    /// <inheritdoc/>
    public void WriteEnd() => _output.WriteEnd();

    /// <inheritdoc/>
    public override void Abort() => _transport.Abort();

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason) => _transport.Abort(abortReason);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await Input.CompleteAsync();
        await Output.CompleteAsync();
        await _transport.DisposeAsync();
        await base.DisposeAsync();
        _engine.Dispose();
    }
}
