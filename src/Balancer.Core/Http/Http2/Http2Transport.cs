using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Balancer.Http.Http2;

/// <summary>A connection as the engine sees it: the real one's bytes, watched on their way, and features of its own.</summary>
internal sealed class Http2Transport : ConnectionContext
{
    private readonly ConnectionContext _inner;
    private readonly Http2Input _input;
    private readonly Http2Batch _batch;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Http2Transport(ConnectionContext inner, Http2Connection connection, Http2Watch watch, Http2BlockDeadline block)
    {
        _inner = inner;
        _input = new Http2Input(inner.Transport.Input, watch, block);
        block.Input = _input;
        _batch = new Http2Batch(inner.Transport.Output, watch);
        Transport = new Http2Pipe(_input, new Http2Output(_batch, _input, watch));
        Features = new FeatureCollection();
        Features.Set(connection);
        if (inner.Features.Get<IMemoryPoolFeature>() is { } pool)
        {
            Features.Set(pool);
        }
    }

    /// <summary>Ends when the engine is done with the connection, or is waited for no longer.</summary>
    public Task Completion => _completion.Task;

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public override string ConnectionId
    {
        get => _inner.ConnectionId;
        set => _inner.ConnectionId = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; }

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint
    {
        get => _inner.LocalEndPoint;
        set => _inner.LocalEndPoint = value;
    }

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint
    {
        get => _inner.RemoteEndPoint;
        set => _inner.RemoteEndPoint = value;
    }

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed
    {
        get => _inner.ConnectionClosed;
        set => _inner.ConnectionClosed = value;
    }

    /// <summary>Whether the engine has cut the connection, so that there is nothing left to be said.</summary>
    public bool IsAborted { get; private set; }

    /// <summary>Whether it has done so although the client was still there.</summary>
    public bool IsCutOff { get; private set; }

    /// <summary>Ends when nothing is being sent any more. To be asked for once the engine is done with the connection.</summary>
    public Task WhenSentAsync() => _batch.WhenSentAsync();

    /// <summary>Tells the client that the connection will be closed, and takes streams as before. Any thread.</summary>
    public void AnnounceClose() => _input.InsertPing();

    /// <summary>Asks the engine to take no more streams and to close when those that run have ended.</summary>
    public void RequestClose() => Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();

    /// <summary>Waits for the engine no longer: the connection is gone, and all its requests are over.</summary>
    public void Abandon()
    {
        _batch.End();
        _completion.TrySetResult();
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        IsAborted = true;
        _inner.Abort();
    }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        IsAborted = true;
        IsCutOff = !_input.SawEnd && !_inner.ConnectionClosed.IsCancellationRequested;
        _inner.Abort(abortReason);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _batch.End();
        _completion.TrySetResult();
        return base.DisposeAsync();
    }
}
