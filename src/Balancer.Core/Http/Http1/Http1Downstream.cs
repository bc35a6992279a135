using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Balancer.Infrastructure;

namespace Balancer.Http.Http1;

/// <summary>The client side of one exchange on an HTTP/1.1 connection. Pooled: a connection holds one only while a request runs.</summary>
internal sealed class Http1Downstream : Downstream
{
    private readonly HeadWriter _head = new();
    private readonly HeadWriter _requestTrailers = new();
    private Http1Connection _connection = null!;
    private DownstreamConnection _info = null!;
    private IoGuard _guard = null!;
    private PipeReader _input = null!;
    private PipeWriter _output = null!;
    private Http1BodyReader? _body;
    private HttpExchange? _exchange;
    private bool _mayPersist;
    private bool _isVersion11;
    private bool _expectsContinue;
    private bool _hasStarted;
    private bool _isChunked;
    private bool _isAborted;
    private bool _isTunnel;
    private long _age;

    /// <inheritdoc/>
    public override IoGuard Guard => _guard;

    /// <inheritdoc/>
    public override bool IsGone => _connection.IsGone;

    /// <inheritdoc/>
    public override bool IsCut => _connection.IsCut;

    /// <inheritdoc/>
    public override bool HasResponseStarted => _hasStarted;

    /// <inheritdoc/>
    public override long UnflushedBytes => _output.UnflushedBytes;

    /// <inheritdoc/>
    public override bool IsBodyComplete => _body is null || _body.IsComplete;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> RequestTrailers => _requestTrailers.Written;

    /// <inheritdoc/>
    public override bool HasMore() => new ReceiveQueue(_connection.Context).HasMore();

    /// <summary>Binds the object to a connection.</summary>
    public void Attach(Http1Connection connection, IDuplexPipe transport, IoGuard guard, DownstreamConnection info)
    {
        _connection = connection;
        _guard = guard;
        _info = info;
        _input = transport.Input;
        _output = transport.Output;
        _mayPersist = false;
        _isVersion11 = true;
        _hasStarted = false;
        _isChunked = false;
        _isAborted = false;
        _isTunnel = false;
        _expectsContinue = false;
        MaxBodySize = 0;
        ReceivePace.Reset(connection.Clock);
        SendPace.Reset(connection.Clock);
    }

    /// <summary>A head was parsed: prepares for its body and its response.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="age">How old the connection is, in milliseconds.</param>
    public void BeginExchange(HttpExchange exchange, long age)
    {
        var request = exchange.Request;
        _exchange = exchange;
        _age = age;
        _mayPersist = request.KeepAlive;
        _isVersion11 = request.Version >= 11;
        if (request.HasBody)
        {
            _expectsContinue = request.ExpectsContinue && _isVersion11;
            BeginBody(request.IsChunked ? BodyFraming.Chunked : BodyFraming.ContentLength, request.ContentLength);
        }
    }

    /// <summary>Unbinds the object.</summary>
    public void Detach()
    {
        _head.Reset();
        _requestTrailers.Reset();
        if (_body is { } body)
        {
            _body = null;
            body.Detach();
            WorkerPool<Http1BodyReader>.Return(body);
        }

        _exchange = null;
        _connection = null!;
        _guard = null!;
        _info = null!;
        _input = null!;
        _output = null!;
    }

    /// <inheritdoc/>
    public override bool TryReadBody(out BodyRead read)
    {
        if (_body is not { IsComplete: false } body)
        {
            read = BodyRead.Without(BodyStatus.End);
            return true;
        }

        body.MaxSize = MaxBodySize;
        var before = body.BytesRead;
        if (!body.TryRead(out read))
        {
            return false;
        }

        // A client that sends its body does not wait for 100 Continue.
        _expectsContinue = false;
        OnBodyRead(body, before);
        return true;
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    public override async ValueTask<BodyRead> ReadBodyAsync(IoGuard guard, long timeout)
    {
        if (TryReadBody(out var read))
        {
            return read;
        }

        if (_expectsContinue && !_hasStarted)
        {
            _expectsContinue = false;
            _output.Write("HTTP/1.1 100 Continue\r\n\r\n"u8);
            if (!await FlushAsync(guard))
            {
                return BodyRead.Without(guard.IsInterrupted ? BodyStatus.Interrupted : BodyStatus.Truncated);
            }
        }

        var body = _body!;
        var before = body.BytesRead;
        read = await body.ReadAsync(guard, timeout, ReceivePace);
        OnBodyRead(body, before);
        return read;
    }

    /// <inheritdoc/>
    public override void LinkGuard(IoGuard? guard) => _connection.LinkGuard(guard);

    /// <inheritdoc/>
    public override async ValueTask<bool> SendInterimAsync(HttpExchange exchange)
    {
        if (!_isVersion11 || _hasStarted)
        {
            return true;
        }

        var response = exchange.Response;
        WriteStatusLine(response.Status, response.Reason);
        foreach (ref var field in response.Headers.Fields)
        {
            if ((field.Flags & HeaderFieldFlags.HopByHop) == 0 && field.Known is not (KnownHeader.ContentLength or KnownHeader.TransferEncoding))
            {
                _head.WriteField(response.Name(field), response.Value(field));
            }
        }

        _head.Write("\r\n"u8);
        exchange.BytesSent += _head.Length;
        _output.Write(_head.Written);
        _head.Truncate(0);
        return await FlushAsync(exchange);
    }

    /// <inheritdoc/>
    public override void BeginResponse(HttpExchange exchange, int status, ReadOnlySpan<byte> reason, BodyFraming framing, long contentLength)
    {
        _hasStarted = true;
        exchange.Status = status;
        WriteStatusLine(status, reason);
        _isChunked = false;
        switch (framing)
        {
            case BodyFraming.None or BodyFraming.ContentLength:
                // RFC 9110 section 8.6: none with 204.
                if (contentLength >= 0 && status != 204)
                {
                    _head.WriteField("Content-Length"u8, contentLength);
                }

                break;
            default:
                if (_isVersion11)
                {
                    _isChunked = true;
                    _head.Write("Transfer-Encoding: chunked\r\n"u8);
                }
                else
                {
                    _mayPersist = false;
                }

                break;
        }

        _mayPersist &= !_connection.IsDraining && KeepaliveTimeout > 0 && _info.Requests < KeepaliveRequests && (KeepaliveTime <= 0 || _age < KeepaliveTime);
    }

    /// <inheritdoc/>
    public override void BeginTunnel(HttpExchange exchange)
    {
        var response = exchange.Response;
        _hasStarted = true;
        _isTunnel = true;
        _isChunked = false;
        _mayPersist = false;
        exchange.Status = response.Status;
        WriteStatusLine(response.Status, response.Reason);
        _head.Write("Connection: upgrade\r\n"u8);
        foreach (ref var field in response.Headers.Fields)
        {
            if (field.Known == KnownHeader.Upgrade)
            {
                _head.WriteField("Upgrade"u8, response.Value(field));
            }
        }

        MaxBodySize = 0;
        ReceivePace.MinRate = 0;
        SendPace.MinRate = 0;
        BeginBody(BodyFraming.UntilClose, -1);
    }

    /// <inheritdoc/>
    public override void AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => _head.WriteField(name, value);

    /// <inheritdoc/>
    public override void EndHead(HttpExchange exchange)
    {
        // Bytes of the body that are still to come would be read as the next request: such a connection is not used again,
        // unless little is left and FinishAsync can take it in.
        if (_isTunnel)
        {
            _head.Write("\r\n"u8);
        }
        else if (!_mayPersist || (_expectsContinue && !IsBodyComplete))
        {
            _mayPersist = false;
            _head.Write("Connection: close\r\n\r\n"u8);
        }
        else if (!_isVersion11)
        {
            _head.Write("Connection: keep-alive\r\n\r\n"u8);
        }
        else
        {
            _head.Write("\r\n"u8);
        }

        if (exchange.KeepsSentHead)
        {
            exchange.KeepSentHead(_head.Written);
        }

        exchange.BytesSent += _head.Length;
        _output.Write(_head.Written);
        _head.Truncate(0);
    }

    /// <inheritdoc/>
    public override void ForbidPersistence() => _mayPersist = false;

    /// <inheritdoc/>
    public override void WriteBody(HttpExchange exchange, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        exchange.BodyBytesSent += bytes.Length;
        if (!_isChunked)
        {
            _output.Write(bytes);
            exchange.BytesSent += bytes.Length;
            return;
        }

        var head = ChunkWriter.WriteHead(_output.GetSpan(ChunkWriter.MaxHeadLength), bytes.Length);
        _output.Advance(head);
        _output.Write(bytes);
        _output.Write(ChunkWriter.DataEnd);
        exchange.BytesSent += head + bytes.Length + 2;
    }

    /// <inheritdoc/>
    public override void EndBody(HttpExchange exchange, ReadOnlySpan<byte> trailers)
    {
        if (!_isChunked)
        {
            return;
        }

        _output.Write(ChunkWriter.LastChunk);
        _output.Write(trailers);
        _output.Write("\r\n"u8);
        exchange.BytesSent += 5 + trailers.Length;
    }

    /// <inheritdoc/>
    public override ValueTask<bool> FlushAsync(HttpExchange exchange) => FlushAsync(_guard);

    /// <inheritdoc/>
    public override ValueTask<bool> FlushAsync(HttpExchange exchange, IoGuard guard) => FlushAsync(guard);

    /// <inheritdoc/>
    public override void Abort()
    {
        _isAborted = true;
        _connection.Context.Abort();
    }

    /// <summary>Ends the exchange on the connection: takes in what is left of a body, or lingers before a close.</summary>
    /// <returns>Whether the connection carries on.</returns>
    public async ValueTask<bool> FinishAsync(IoGuard guard, bool persists)
    {
        var body = _body;
        if (_isAborted || _isTunnel || _connection.IsGone)
        {
            body?.Release();
            return false;
        }

        if (body is { IsComplete: false })
        {
            var isWhole = await LingeringClose.DiscardAsync(body, guard, _connection.Clock, _expectsContinue);
            body.Release();
            if (!isWhole)
            {
                return false;
            }
        }

        body?.Release();
        if (persists && _mayPersist)
        {
            return true;
        }

        await LingerAsync(guard, expectsMore: false);
        return false;
    }

    /// <summary>
    /// Reads and throws away what the client still sends, for a bounded time: closing a socket with unread bytes makes
    /// the kernel reset it, and the client would lose the response (nginx: <c>lingering_close</c>).
    /// </summary>
    /// <param name="guard">Watches over the waits.</param>
    /// <param name="expectsMore">Whether the client is known to be still sending; else it is seen by bytes behind its request.</param>
    public async ValueTask LingerAsync(IoGuard guard, bool expectsMore)
    {
        if (!_hasStarted || _isAborted || _connection.IsGone)
        {
            return;
        }

        await LingeringClose.DrainAsync(_input, guard, _connection.Clock, expectsMore);
    }

    private void BeginBody(BodyFraming framing, long contentLength)
    {
        _body = WorkerPool<Http1BodyReader>.Rent();
        _body.Attach(_input);
        _body.Begin(framing, contentLength);
    }

    private void OnBodyRead(Http1BodyReader body, long before)
    {
        _exchange!.RequestLength += body.BytesRead - before;
        if (body.IsComplete && body.Trailers is { } trailers)
        {
            trailers.WriteTo(_requestTrailers);
        }
    }

    private void WriteStatusLine(int status, ReadOnlySpan<byte> reason)
    {
        _head.Write("HTTP/1.1 "u8);
        Span<byte> digits = [(byte)('0' + (status / 100)), (byte)('0' + (status / 10 % 10)), (byte)('0' + (status % 10)), (byte)' '];
        _head.Write(digits);
        _head.Write(reason);
        _head.Write("\r\n"u8);
    }

    private ValueTask<bool> FlushAsync(IoGuard guard)
    {
        try
        {
            var pending = _output.FlushAsync();
            if (!pending.IsCompletedSuccessfully)
            {
                return AwaitFlushAsync(pending, guard);
            }

            // A flush cancelled before it began is an old cancellation; the bytes are on their way all the same.
            return new ValueTask<bool>(!pending.Result.IsCompleted);
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            return new ValueTask<bool>(false);
        }
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<bool> AwaitFlushAsync(ValueTask<FlushResult> pending, IoGuard guard)
    {
        try
        {
            while (true)
            {
                guard.BeginFlush(_output, SendPace.BeginWait(SendTimeout, _exchange?.BytesSent ?? 0));
                var result = await pending;
                var expired = guard.Expired;
                guard.End();
                SendPace.EndWait(expired);
                if (result.IsCompleted || !result.IsCanceled)
                {
                    return !result.IsCompleted;
                }

                if (expired || guard.IsInterrupted)
                {
                    return false;
                }

                pending = _output.FlushAsync();
            }
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            guard.End();
            return false;
        }
    }
}
