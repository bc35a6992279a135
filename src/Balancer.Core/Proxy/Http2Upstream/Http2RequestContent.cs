using System.Net;
using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>
/// The body of a request on its way to an HTTP/2 server: read from the client no faster than the server takes it, beside the wait for the
/// response. The framework's client asks for it again when a server has refused the stream; then it begins with what was kept.
/// </summary>
internal sealed class Http2RequestContent(ForwardContext context, Http2Exchange exchange, GatewayServices services) : HttpContent, IInterruptible
{
    private readonly Lock _gate = new();
    private IoGuard? _guard;
    private CancellationTokenSource _giveUp = new();
    private Task _running = Task.CompletedTask;
    private bool _isStopped;
    private volatile bool _isRunning;
    private long _endedAt;

    /// <summary>Whether it is being sent.</summary>
    public bool IsRunning => _isRunning;

    /// <summary>When its sending ended, in milliseconds of the coarse clock; 0 before.</summary>
    public long EndedAt => Volatile.Read(ref _endedAt);

    /// <summary>Ends the wait for the client or the server.</summary>
    public void Interrupt()
    {
        lock (_gate)
        {
            if (_guard is { } guard && (guard.Expired || guard.IsInterrupted))
            {
                // The body alone: a server that needs no more of it has answered, and its answer is still wanted.
                _ = _giveUp.CancelAsync();
            }
        }
    }

    /// <summary>Stops sending, and returns when nothing of the exchange is touched any more.</summary>
    public async ValueTask StopAsync()
    {
        Task running;
        lock (_gate)
        {
            _isStopped = true;
            _guard?.Interrupt();
            running = _running;
        }

        await running;
        lock (_gate)
        {
            if (_guard is not null)
            {
                services.Guards.Return(_guard);
                _guard = null;
            }
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        // Content-Length is among the fields when the client sent one.
        length = 0;
        return false;
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? transport, CancellationToken cancellationToken)
    {
        Task earlier;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        IoGuard guard;
        lock (_gate)
        {
            if (_isStopped)
            {
                throw new OperationCanceledException();
            }

            _guard?.Interrupt();
            earlier = _running;
            _running = done.Task;
        }

        await earlier;
        lock (_gate)
        {
            guard = _guard is null ? services.Guards.Rent() : _guard;
            guard.Reset();
            _guard = guard;
            _giveUp = new CancellationTokenSource();
            if (_isStopped)
            {
                guard.Interrupt();
            }

            _isRunning = true;
        }

        try
        {
            await using (cancellationToken.UnsafeRegister(static (state, _) => ((IoGuard)state!).Interrupt(), guard))
            {
                var error = await SendAsync(stream, guard);
                if (error != ProxyError.None)
                {
                    throw new IOException($"the request broke off: {error}");
                }
            }
        }
        finally
        {
            Volatile.Write(ref _endedAt, services.Clock.Milliseconds);
            _isRunning = false;
            done.SetResult();
            exchange.Wake();
        }
    }

    private async ValueTask<ProxyError> SendAsync(Stream stream, IoGuard guard)
    {
        var downstream = context.Downstream;
        if (!context.Replay.IsWhole)
        {
            return ProxyError.UpstreamWriteFailed;
        }

        if (!await WriteAsync(stream, context.Replay.Kept, guard))
        {
            return ProxyError.UpstreamWriteTimeout;
        }

        while (!downstream.IsBodyComplete)
        {
            if (!downstream.TryReadBody(out var read))
            {
                // What is here has left before anything is waited for: client and server may talk in turns.
                if (!await FlushAsync(stream, guard))
                {
                    return ProxyError.UpstreamWriteTimeout;
                }

                read = await downstream.ReadBodyAsync(guard, context.BodyTimeout);
            }

            var error = RequestSender.Failure(context, read.Status);
            if (error != ProxyError.None)
            {
                return Fail(error, guard);
            }

            context.Replay.Append(read.Data);
            foreach (var segment in read.Data)
            {
                if (!await WriteAsync(stream, segment, guard))
                {
                    return ProxyError.UpstreamWriteTimeout;
                }
            }
        }

        return ProxyError.None;
    }

    private async ValueTask<bool> WriteAsync(Stream stream, ReadOnlyMemory<byte> bytes, IoGuard guard)
    {
        if (bytes.IsEmpty)
        {
            return true;
        }

        context.Exchange.CurrentAttempt.BytesSent += bytes.Length;
        var pending = stream.WriteAsync(bytes, _giveUp.Token);
        return pending.IsCompletedSuccessfully || await AwaitAsync(pending, guard);
    }

    /// <summary>Waits behind what other streams write: on a connection whose server reads nothing without end.</summary>
    private async ValueTask<bool> FlushAsync(Stream stream, IoGuard guard)
    {
        var pending = stream.FlushAsync(_giveUp.Token);
        return pending.IsCompletedSuccessfully || await AwaitAsync(new ValueTask(pending), guard);
    }

    /// <summary>Waits until the server has taken something, for up to <c>proxy_send_timeout</c>; false when it has not.</summary>
    private async ValueTask<bool> AwaitAsync(ValueTask pending, IoGuard guard)
    {
        guard.BeginWait(this, context.Action.SendTimeout);
        try
        {
            await pending;
            return true;
        }
        catch (Exception) when (guard.Expired)
        {
            context.PumpError = ProxyError.UpstreamWriteTimeout;
            return false;
        }
        finally
        {
            guard.End();
        }
    }

    /// <summary>Notes why, unless it was stopped on purpose.</summary>
    private ProxyError Fail(ProxyError error, IoGuard guard)
    {
        if (!guard.IsInterrupted || context.IsAbandoned)
        {
            context.PumpError = error;
        }

        return error;
    }
}
