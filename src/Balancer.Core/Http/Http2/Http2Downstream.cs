using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Balancer.Http.Http1;
using Balancer.Infrastructure;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Primitives;

namespace Balancer.Http.Http2;

/// <summary>The client side of one exchange on an HTTP/2 stream. Pooled: from the stream's head until the engine is done with it.</summary>
internal sealed class Http2Downstream : Downstream
{
    /// <summary>INTERNAL_ERROR (RFC 9113 section 7): the response cannot be completed.</summary>
    private const int InternalError = 2;

    /// <summary>CANCEL (RFC 9113 section 7): the client did not take the response in time.</summary>
    private const int Cancel = 8;

    /// <summary>Bytes a buffer for the body has at least, when there is more to write.</summary>
    private const int SmallestBuffer = 256;

    /// <summary>What was written to a tunnel and not flushed is thrown away when it ends.</summary>
    private static readonly StreamPipeWriterOptions s_tunnelOptions = new(leaveOpen: true);

    private readonly Lock _gate = new();
    private readonly Http2RequestBody _body = new();
    private readonly Http2SendWait _sending;
    private readonly HeadWriter _sentHead = new();
    private IFeatureCollection _features = null!;
    private IHttpResponseFeature _response = null!;
    private PipeWriter _output = null!;
    private CancellationToken _aborted;
    private CancellationTokenRegistration _registration;
    private IoGuard _guard = null!;
    private TimeoutWheel? _wheel;
    private LinkedGuard? _linked;
    private long _unflushed;
    private long _lease;
    private bool _hasStarted;
    private bool _hasEnded;
    private bool _isBodiless;
    private bool _awaitsTunnel;
    private bool _isTunnel;

    public Http2Downstream() => _sending = new Http2SendWait(this);

    /// <summary>The stream's connection.</summary>
    public Http2Connection Connection { get; private set; } = null!;

    /// <summary>The stream's number.</summary>
    public int Stream { get; private set; }

    /// <summary>The stream as the engine has it.</summary>
    public IFeatureCollection Features => _features;

    /// <inheritdoc/>
    public override IoGuard Guard => _guard;

    /// <inheritdoc/>
    public override bool IsGone => _aborted.IsCancellationRequested || Connection.IsCut;

    /// <inheritdoc/>
    public override bool IsCut => Connection.IsCut;

    /// <inheritdoc/>
    public override bool HasResponseStarted => _hasStarted;

    /// <inheritdoc/>
    public override long UnflushedBytes => _unflushed;

    /// <inheritdoc/>
    public override bool IsBodyComplete => _body.IsComplete;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> RequestTrailers => _body.Trailers;

    /// <summary>Binds the object to a stream.</summary>
    public void Attach(Http2Connection connection, IFeatureCollection features, TimeoutWheel wheel)
    {
        if (_wheel != wheel)
        {
            _wheel = wheel;
            _guard = new IoGuard(wheel);
        }

        Connection = connection;
        _features = features;
        Stream = features.GetRequiredFeature<IHttp2StreamIdFeature>().StreamId;
        _response = features.GetRequiredFeature<IHttpResponseFeature>();
        _output = features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer;
        _hasStarted = false;
        _hasEnded = false;
        _isBodiless = false;
        _awaitsTunnel = false;
        _unflushed = 0;
        MaxBodySize = 0;
        ReceivePace.Reset(wheel.Clock);
        SendPace.Reset(wheel.Clock);
        Volatile.Write(ref _lease, _guard.Lease);
        _aborted = features.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted;
        _registration = _aborted.UnsafeRegister(static (state, token) => ((Http2Downstream)state!).OnAborted(token), this);
    }

    /// <summary>Unbinds the object.</summary>
    public void Detach()
    {
        _registration.Unregister();
        _registration = default;
        _aborted = default;
        _body.Detach();
        _sentHead.Reset();
        lock (_gate)
        {
            _guard.Reset();
            _features = null!;
        }

        if (_isTunnel)
        {
            // With an exception, so that it writes no more.
            _isTunnel = false;
            _output.Complete(new OperationCanceledException());
        }

        _response = null!;
        _output = null!;
        Connection = null!;
    }

    /// <summary>Resets a stream whose request is over because the client does not take the rest of its response. Any thread, perhaps too late.</summary>
    /// <returns>Whether it was still there.</returns>
    public static bool TryResetRest(int stream, IFeatureCollection features)
    {
        if (features.Get<IHttp2StreamIdFeature>()?.StreamId != stream || features.Get<IHttpResetFeature>() is not { } feature)
        {
            return false;
        }

        feature.Reset(Cancel);
        return true;
    }

    /// <summary>Serves the request.</summary>
    public async Task RunAsync()
    {
        var exchange = WorkerPool<HttpExchange>.Rent();
        exchange.Connection = Connection.Info;
        exchange.Client = Connection.Info.Peer;
        exchange.StartTimestamp = Stopwatch.GetTimestamp();
        var canHaveBody = _features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody;
        var request = _features.GetRequiredFeature<IHttpRequestFeature>();
        var protocol = request.Method == "CONNECT" ? _features.Get<IHttpExtendedConnectFeature>()?.Protocol : null;
        var error = Http2RequestHead.Read(request, protocol, canHaveBody, Connection.Service.HeadLimits, exchange.Request);
        exchange.RequestLength = exchange.Request.Length;
        if (error != HeadError.None)
        {
            await Connection.Service.RefuseAsync(exchange, this, error);
        }
        else
        {
            if (exchange.Request.HasBody)
            {
                _body.Attach(exchange, _features);
            }

            await Connection.Service.HandleAsync(exchange, this);
        }

        exchange.Reset();
        exchange.Connection = null!;
        exchange.Client = null!;
        WorkerPool<HttpExchange>.Return(exchange);
    }

    /// <inheritdoc/>
    public override bool TryReadBody(out BodyRead read)
    {
        _body.MaxSize = MaxBodySize;
        return _body.TryRead(out read);
    }

    /// <inheritdoc/>
    public override ValueTask<BodyRead> ReadBodyAsync(IoGuard guard, long timeout)
    {
        _body.MaxSize = MaxBodySize;
        return _body.ReadAsync(guard, timeout, ReceivePace);
    }

    /// <inheritdoc/>
    public override void LinkGuard(IoGuard? guard)
    {
        if (_linked is not null)
        {
            Connection.Unlink(_linked);
        }

        _linked = guard is null ? null : Connection.Link(guard);
    }

    /// <inheritdoc/>
    public override void ForbidPersistence()
    {
        // A stream carries one request anyway.
    }

    /// <summary>Interim responses are not passed on: the engine cannot send them.</summary>
    public override ValueTask<bool> SendInterimAsync(HttpExchange exchange) => new(true);

    /// <inheritdoc/>
    public override void BeginResponse(HttpExchange exchange, int status, ReadOnlySpan<byte> reason, BodyFraming framing, long contentLength)
    {
        _hasStarted = true;
        exchange.Status = status;
        _response.StatusCode = status;

        // RFC 9110 section 15.3.6: nothing follows 205 either, and the engine insists on it.
        _isBodiless = status == 205;
        if (contentLength >= 0 && framing is BodyFraming.None or BodyFraming.ContentLength && status is not (204 or 205))
        {
            _response.Headers.ContentLength = contentLength;
            _sentHead.WriteField("Content-Length"u8, contentLength);
        }

        if (KeepaliveTimeout <= 0 || exchange.Connection.Requests >= KeepaliveRequests || (KeepaliveTime > 0 && Connection.Age >= KeepaliveTime) || Connection.Service.IsDraining)
        {
            Connection.Leave();
        }
    }

    /// <summary>RFC 8441 section 5: a stream agrees with 200, and the protocol goes without saying.</summary>
    public override void BeginTunnel(HttpExchange exchange)
    {
        _awaitsTunnel = true;
        MaxBodySize = 0;
        ReceivePace.MinRate = 0;
        SendPace.MinRate = 0;
        BeginResponse(exchange, 200, default, BodyFraming.UntilClose, -1);
    }

    /// <inheritdoc/>
    public override void AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var key = FieldText.Of(name);
        var text = FieldText.Of(value);
        var fields = _response.Headers;
        fields[key] = fields.TryGetValue(key, out var others) ? StringValues.Concat(others, text) : text;
        _sentHead.WriteField(name, value);
    }

    /// <inheritdoc/>
    public override void EndHead(HttpExchange exchange)
    {
        if (exchange.KeepsSentHead)
        {
            exchange.KeepSentHead(_sentHead.Written);
        }

        exchange.BytesSent += _sentHead.Length;
        _unflushed += _sentHead.Length + 1;
        _sentHead.Truncate(0);
    }

    /// <inheritdoc/>
    public override void WriteBody(HttpExchange exchange, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || _isBodiless || IsGone)
        {
            return;
        }

        // The engine gives no buffer at all to a stream that was reset meanwhile, unless it is asked for one of some size.
        for (var rest = bytes; !rest.IsEmpty;)
        {
            var span = _output.GetSpan(Math.Min(rest.Length, SmallestBuffer));
            var length = Math.Min(rest.Length, span.Length);
            rest[..length].CopyTo(span);
            _output.Advance(length);
            rest = rest[length..];
        }

        _unflushed += bytes.Length;
        exchange.BodyBytesSent += bytes.Length;
        exchange.BytesSent += bytes.Length;
    }

    /// <inheritdoc/>
    public override void EndBody(HttpExchange exchange, ReadOnlySpan<byte> trailers)
    {
        _hasEnded = true;
        if (!trailers.IsEmpty && !IsGone)
        {
            FieldLines.AddTo(_features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers, trailers);
            exchange.BytesSent += trailers.Length;
        }
    }

    /// <inheritdoc/>
    public override ValueTask<bool> FlushAsync(HttpExchange exchange)
    {
        _unflushed = 0;
        if (IsGone)
        {
            return new ValueTask<bool>(false);
        }

        if (_awaitsTunnel)
        {
            _awaitsTunnel = false;
            return OpenTunnelAsync(exchange);
        }

        if (_hasEnded)
        {
            // The engine writes what is left, which is little, and the end of the stream when the request is over. The connection watches that it gets away.
            return new ValueTask<bool>(true);
        }

        var pending = _output.FlushAsync();
        return pending.IsCompletedSuccessfully ? new ValueTask<bool>(!pending.Result.IsCompleted && !IsGone) : AwaitFlushAsync(pending, exchange.BytesSent);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> FlushAsync(HttpExchange exchange, IoGuard guard) => FlushAsync(exchange);

    /// <inheritdoc/>
    public override void Abort() => Reset(InternalError);

    /// <summary>Resets the stream when a wait for the client was given up. Any thread, perhaps too late: the object may serve another stream by now.</summary>
    public void GiveUp()
    {
        lock (_gate)
        {
            if (_features is not null && (_guard.Expired || _guard.IsInterrupted))
            {
                Reset(Cancel);
            }
        }
    }

    private void Reset(int errorCode) => _features.Get<IHttpResetFeature>()?.Reset(errorCode);

    /// <summary>Sends the head that agrees; from then on the engine takes what the client sends for the tunnel's bytes.</summary>
    private async ValueTask<bool> OpenTunnelAsync(HttpExchange exchange)
    {
        try
        {
            var pending = _features.GetRequiredFeature<IHttpExtendedConnectFeature>().AcceptAsync();
            var stream = await AwaitTunnelAsync(pending);
            _body.AttachTunnel(exchange, _features, stream);
            _output = PipeWriter.Create(stream, s_tunnelOptions);
            _isTunnel = true;
            return !IsGone;
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            return false;
        }
    }

    private async ValueTask<Stream> AwaitTunnelAsync(ValueTask<Stream> pending)
    {
        try
        {
            _guard.BeginWait(_sending, SendTimeout);
            return await pending;
        }
        finally
        {
            _guard.End();
        }
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<bool> AwaitFlushAsync(ValueTask<FlushResult> pending, long bytes)
    {
        try
        {
            _guard.BeginWait(_sending, SendPace.BeginWait(SendTimeout, bytes));
            var result = await pending;
            return !result.IsCompleted && !result.IsCanceled && !IsGone;
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            return false;
        }
        finally
        {
            _guard.End();
            SendPace.EndWait(_guard.Expired);
        }
    }

    /// <summary>The client has reset the stream or closed the connection. Any thread, perhaps too late.</summary>
    private void OnAborted(CancellationToken token)
    {
        var guard = _guard;
        var lease = Volatile.Read(ref _lease);
        if (_aborted == token)
        {
            guard.Interrupt(lease);
        }
    }
}
