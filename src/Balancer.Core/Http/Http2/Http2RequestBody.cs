using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Balancer.Infrastructure;
using Microsoft.AspNetCore.Http.Features;

namespace Balancer.Http.Http2;

/// <summary>
/// The body of one request as the engine receives it. What is returned is the engine's until the next call; the client's window grows
/// by what was taken, so that a body is received no faster than it is passed on.
/// </summary>
internal sealed class Http2RequestBody : IInterruptible
{
    /// <summary>An idle tunnel holds no buffer; the engine's stream is the engine's.</summary>
    private static readonly StreamPipeReaderOptions s_tunnelOptions = new(bufferSize: 16 * 1024, leaveOpen: true, useZeroByteReads: true);

    private readonly HeadWriter _trailers = new();
    private readonly Lock _gate = new();
    private HttpExchange _exchange = null!;
    private IFeatureCollection _features = null!;
    private PipeReader? _input;
    private IoGuard? _waiting;
    private SequencePosition _taken;
    private bool _isHolding;
    private bool _isTunnel;
    private long _length;

    /// <summary>Whether the body was read to its end, or there is none.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>Greatest number of bytes; 0 is no limit.</summary>
    public long MaxSize { get; set; }

    /// <summary>The trailer section, after the end: canonical field lines.</summary>
    public ReadOnlySpan<byte> Trailers => _trailers.Written;

    /// <summary>Binds the object to a stream whose request has a body.</summary>
    public void Attach(HttpExchange exchange, IFeatureCollection features)
    {
        Attach(exchange, features, features.GetRequiredFeature<IRequestBodyPipeFeature>().Reader);
    }

    /// <summary>Binds the object to a stream that has become a tunnel.</summary>
    public void AttachTunnel(HttpExchange exchange, IFeatureCollection features, Stream stream)
    {
        _isTunnel = true;
        Attach(exchange, features, PipeReader.Create(stream, s_tunnelOptions));
    }

    /// <summary>Unbinds the object.</summary>
    public void Detach()
    {
        if (_isTunnel)
        {
            _isTunnel = false;
            _input!.Complete();
        }

        IsComplete = true;
        _isHolding = false;
        _trailers.Reset();
        _input = null;
        _features = null!;
        _exchange = null!;
    }

    /// <summary>The next bytes if they are here; false when they have to be waited for.</summary>
    public bool TryRead(out BodyRead read)
    {
        if (IsComplete)
        {
            read = BodyRead.Without(BodyStatus.End);
            return true;
        }

        try
        {
            Release();
            if (_input!.TryRead(out var result) && TryTake(result, out read))
            {
                return true;
            }

            Release();
            read = default;
            return false;
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            read = BodyRead.Without(BodyStatus.Truncated);
            return true;
        }
    }

    /// <summary>The next bytes.</summary>
    /// <param name="guard">Watches over the wait.</param>
    /// <param name="timeout">Milliseconds to wait for the next byte.</param>
    /// <param name="pace">How slowly the body may come.</param>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    public async ValueTask<BodyRead> ReadAsync(IoGuard guard, long timeout, TransferPace pace)
    {
        if (IsComplete)
        {
            return BodyRead.Without(BodyStatus.End);
        }

        try
        {
            while (true)
            {
                Release();
                var pending = _input!.ReadAsync();
                var result = pending.IsCompleted ? await pending : await WaitAsync(pending, guard, timeout, pace);
                var expired = result.IsCanceled && guard.Expired;
                if (TryTake(result, out var read))
                {
                    return read;
                }

                if (expired || guard.IsInterrupted)
                {
                    return BodyRead.Without(guard.IsInterrupted ? BodyStatus.Interrupted : pace.IsTooSlow ? BodyStatus.TooSlow : BodyStatus.TimedOut);
                }
            }
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            return BodyRead.Without(BodyStatus.Truncated);
        }
    }

    /// <inheritdoc/>
    public void Interrupt()
    {
        lock (_gate)
        {
            if (_waiting is not { } guard || !(guard.Expired || guard.IsInterrupted))
            {
                return;
            }

            try
            {
                _input!.CancelPendingRead();
            }
            catch (Exception e) when (ConnectionLoss.Is(e))
            {
                // The stream is aborted, which ends the read as well.
            }
        }
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> pending, IoGuard guard, long timeout, TransferPace pace)
    {
        lock (_gate)
        {
            _waiting = guard;
        }

        guard.BeginWait(this, pace.BeginWait(timeout, _length));
        try
        {
            return await pending;
        }
        finally
        {
            lock (_gate)
            {
                _waiting = null;
            }

            guard.End();
            pace.EndWait(guard.Expired);
        }
    }

    private bool TryTake(in ReadResult result, out BodyRead read)
    {
        var data = result.Buffer;
        _isHolding = true;
        _taken = data.End;
        if (data.IsEmpty && !result.IsCompleted)
        {
            read = default;
            return false;
        }

        _length += data.Length;
        _exchange.RequestLength += data.Length;
        if (MaxSize > 0 && _length > MaxSize)
        {
            read = BodyRead.Without(BodyStatus.TooLarge);
            return true;
        }

        if (result.IsCompleted)
        {
            IsComplete = true;
            ReadTrailers();
        }

        read = new BodyRead(IsComplete ? BodyStatus.End : BodyStatus.Data, data);
        return true;
    }

    private void Attach(HttpExchange exchange, IFeatureCollection features, PipeReader input)
    {
        _exchange = exchange;
        _features = features;
        _input = input;
        _length = 0;
        IsComplete = false;
    }

    private void Release()
    {
        if (_isHolding)
        {
            _isHolding = false;
            _input!.AdvanceTo(_taken);
        }
    }

    private void ReadTrailers()
    {
        if (_features.Get<IHttpRequestTrailersFeature>() is { Available: true, Trailers: { Count: > 0 } trailers })
        {
            FieldLines.Write(trailers, _trailers);
        }
    }
}
