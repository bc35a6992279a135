using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using Balancer.Infrastructure;
using Microsoft.AspNetCore.Connections;

namespace Balancer.Http.Http1;

/// <summary>
/// The loop of one HTTP/1.1 client connection: a head is read and parsed, the request handed to the service, the next
/// one awaited. One asynchronous state machine for the life of the connection; what a request needs is taken from a pool
/// while it runs, so that an idle connection costs little.
/// <code>
///   idle ──first byte──► head ──complete──► service (body, response) ──► idle
///    │ keepalive_timeout   │ refused: 400…          │ not persistent
///    ▼                     ▼ late: 408              ▼
///   close ◄────────────── close, lingering ◄────────┘
/// </code>
/// </summary>
internal sealed class Http1Connection : IDrainable
{
    private readonly ConnectionContext _context;
    private readonly DownstreamService _service;
    private readonly IoGuard _guard;
    private readonly CoarseClock _clock;
    private readonly PipeReader _input;
    private readonly DownstreamConnection _info;
    private readonly Http1RequestParser _parser;
    private readonly long _openedAt;
    private readonly long _lease;
    private Http1Downstream? _downstream;
    private volatile LinkedGuard? _linked;
    private volatile bool _isIdle = true;
    private volatile bool _isGone;
    private volatile bool _isCut;

    public Http1Connection(ConnectionContext context, DownstreamConnection info, DownstreamService service, IoGuard guard, CoarseClock clock)
    {
        _context = context;
        _info = info;
        _service = service;
        _guard = guard;
        _lease = guard.Lease;
        _clock = clock;
        _input = context.Transport.Input;
        _openedAt = clock.Milliseconds;
        _parser = new Http1RequestParser(service.HeadLimits);
    }

    /// <summary>Serves the connection until it is closed. Does not throw for what the client does.</summary>
    public async Task RunAsync()
    {
        using var registration = _context.ConnectionClosed.UnsafeRegister(static state => ((Http1Connection)state!).OnClosed(), this);
        HttpExchange? exchange = null;
        var isHandled = false;
        try
        {
            long headDeadline = 0;
            var idleTimeout = _service.HeaderTimeout;
            var isBehind = false;
            while (true)
            {
                var timeout = exchange is not null ? Math.Max(1, headDeadline - _clock.Milliseconds) : IdleTimeout(idleTimeout);
                var pending = _input.ReadAsync();
                ReadResult result;
                var expired = false;
                if (pending.IsCompleted)
                {
                    result = await pending;
                }
                else
                {
                    _guard.BeginRead(_input, timeout);
                    if (exchange is null && _service.IsDraining && timeout > _service.DrainIdleTimeout)
                    {
                        // The drain began after the timeout was chosen, and may have looked before there was a read to end.
                        _guard.Nudge();
                    }

                    result = await pending;
                    expired = _guard.Expired;
                    _guard.End();
                }

                var buffer = result.Buffer;
                if (buffer.IsEmpty && exchange is null && (result.IsCompleted || expired || _isGone))
                {
                    return;
                }

                if (!buffer.IsEmpty && exchange is null)
                {
                    _isIdle = false;
                    exchange = Begin();
                    exchange.IsPipelined = isBehind;
                    isHandled = false;
                    headDeadline = _clock.Milliseconds + _service.HeaderTimeout;
                }

                var parsed = exchange is null ? HeadParseResult.NeedMore : Parse(buffer, exchange);
                if (parsed.Status == HeadParseStatus.NeedMore)
                {
                    var isAborted = result.IsCompleted || _isGone;
                    var isLate = expired || _clock.Milliseconds >= headDeadline;
                    if (exchange is not null && (isAborted || isLate))
                    {
                        OwnPart(buffer, exchange);
                    }

                    _input.AdvanceTo(buffer.Start, buffer.End);
                    if (exchange is null)
                    {
                        continue;
                    }

                    if (isAborted)
                    {
                        isHandled = true;
                        _service.OnHeadAborted(exchange);
                        return;
                    }

                    if (isLate)
                    {
                        isHandled = true;
                        await _service.TimeOutAsync(exchange, _downstream!);
                        await _downstream!.LingerAsync(_guard, expectsMore: false);
                        return;
                    }

                    continue;
                }

                isHandled = true;
                if (parsed.Status != HeadParseStatus.Complete)
                {
                    if (parsed.Status == HeadParseStatus.Http2Preface && _info.Requests == 1 && _service.SpeaksHttp2)
                    {
                        _info.Requests = 0;
                        _input.AdvanceTo(buffer.Start);
                        IsHttp2 = true;
                        return;
                    }

                    _input.AdvanceTo(buffer.End);
                    await RefuseAsync(exchange!, parsed);
                    return;
                }

                _input.AdvanceTo(buffer.GetPosition(parsed.Consumed));
                exchange!.RequestLength = parsed.Consumed;
                isBehind = buffer.Length > parsed.Consumed;
                _downstream!.BeginExchange(exchange, _clock.Milliseconds - _openedAt);
                var persists = await _service.HandleAsync(exchange, _downstream);
                if (!await _downstream!.FinishAsync(_guard, persists))
                {
                    return;
                }

                idleTimeout = _downstream.KeepaliveTimeout;
                End(exchange!);
                exchange = null;
                _isIdle = true;
            }
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            // Between requests it is nobody's concern, and a request that runs sees it itself.
            if (exchange is not null && !isHandled)
            {
                // What had come of the head went with the connection, and the offsets found in it point nowhere.
                exchange.Request.Reset();
                _service.OnHeadAborted(exchange);
            }
        }
        finally
        {
            if (exchange is not null)
            {
                End(exchange!);
            }

            if (!IsHttp2)
            {
                await CloseAsync();
            }
        }
    }

    /// <summary>Whether <see cref="RunAsync"/> has ended before the first request because the client speaks HTTP/2: nothing was taken off the connection, which is still open.</summary>
    public bool IsHttp2 { get; private set; }

    /// <inheritdoc/>
    public void Drain()
    {
        if (_isIdle)
        {
            _guard.Nudge();
        }
    }

    /// <inheritdoc/>
    public void Abort()
    {
        _isCut = true;
        _isGone = true;
        _guard.Interrupt(_lease);

        // Pairs with the barrier of LinkGuard: one of us sees the other.
        Interlocked.MemoryBarrier();
        _linked?.Interrupt();
        _context.Abort();
    }

    internal bool IsGone => _isGone;

    internal bool IsCut => _isCut;

    internal bool IsDraining => _service.IsDraining;

    internal CoarseClock Clock => _clock;

    internal ConnectionContext Context => _context;

    internal void LinkGuard(IoGuard? guard)
    {
        _linked = guard is null ? null : new LinkedGuard(guard, guard.Lease);
        Interlocked.MemoryBarrier();
        if (_isCut)
        {
            _linked?.Interrupt();
        }
    }

    private HttpExchange Begin()
    {
        var exchange = WorkerPool<HttpExchange>.Rent();
        exchange.Connection = _info;
        exchange.Client = _info.Peer;
        exchange.StartTimestamp = Stopwatch.GetTimestamp();
        _info.Requests++;
        _parser.Limits = _service.HeadLimits;
        _downstream = WorkerPool<Http1Downstream>.Rent();
        _downstream.Attach(this, _context.Transport, _guard, _info);
        return exchange;
    }

    private void End(HttpExchange exchange)
    {
        exchange.Reset();
        exchange.Connection = null!;
        exchange.Client = null!;
        WorkerPool<HttpExchange>.Return(exchange);
        _downstream!.Detach();
        WorkerPool<Http1Downstream>.Return(_downstream);
        _downstream = null;
    }

    private HeadParseResult Parse(in ReadOnlySequence<byte> buffer, HttpExchange exchange)
    {
        if (buffer.IsSingleSegment)
        {
            return Parse(buffer.FirstSpan, exchange);
        }

        // A head over several segments is rare: it is gathered so that parsers and offsets see one piece.
        var length = (int)Math.Min(buffer.Length, _parser.Limits.TotalSize + 64);
        var gathered = ArrayPool<byte>.Shared.Rent(length);
        buffer.Slice(0, length).CopyTo(gathered);
        var result = Parse(gathered.AsSpan(0, length), exchange);
        ArrayPool<byte>.Shared.Return(gathered);
        return result;
    }

    private HeadParseResult Parse(ReadOnlySpan<byte> data, HttpExchange exchange)
    {
        var result = _parser.Parse(data, exchange.Request);
        switch (result.Status)
        {
            case HeadParseStatus.Complete:
                exchange.Request.Own(data[..result.Consumed]);
                break;
            case HeadParseStatus.Invalid:
                // The log shows the request line as far as it was understood.
                exchange.Request.Own(data[..Math.Min(data.Length, _parser.Limits.TotalSize)]);
                break;
        }

        return result;
    }

    /// <summary>Lets a head that stays incomplete own what has come of it: offsets point into it, and the log shows it.</summary>
    private void OwnPart(in ReadOnlySequence<byte> buffer, HttpExchange exchange)
    {
        foreach (var segment in buffer.Slice(0, Math.Min(buffer.Length, _parser.Limits.TotalSize)))
        {
            exchange.Request.Append(segment.Span);
        }
    }

    private long IdleTimeout(long timeout) => _service.IsDraining ? Math.Min(timeout, _service.DrainIdleTimeout) : timeout;

    private async ValueTask RefuseAsync(HttpExchange exchange, HeadParseResult parsed)
    {
        if (parsed.Status == HeadParseStatus.Http2Preface)
        {
            await Http2Preface.RefuseAsync(_context.Transport.Output);
            return;
        }

        await _service.RefuseAsync(exchange, _downstream!, parsed.Error);
        await _downstream!.LingerAsync(_guard, IsOversize(parsed.Error));
    }

    private void OnClosed()
    {
        _isGone = true;
        _guard.Interrupt(_lease);
    }

    /// <summary>Whether more of the head is probably on its way.</summary>
    private static bool IsOversize(HeadError error) =>
        error is HeadError.RequestLineTooLong or HeadError.FieldLineTooLong or HeadError.HeadTooLarge or HeadError.TooManyFields;

    /// <summary>Closes the connection.</summary>
    public async ValueTask CloseAsync()
    {
        await _context.Transport.Input.CompleteAsync();
        await _context.Transport.Output.CompleteAsync();
        await _context.DisposeAsync();
    }
}
