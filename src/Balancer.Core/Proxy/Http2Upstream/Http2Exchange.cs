using System.Diagnostics;
using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>
/// One try of a request on an HTTP/2 server: sends it, reads its response piece by piece, and resets the stream when it is given up. Owned by
/// one flow of control; the waits are watched over by the request's guard.
/// </summary>
internal sealed class Http2Exchange : IInterruptible, IAsyncDisposable
{
    /// <summary>Where a message carries its exchange.</summary>
    public static readonly HttpRequestOptionsKey<Http2Exchange> OptionsKey = new("balancer");

    private const long NotConnected = long.MinValue;

    private readonly ForwardContext _context;
    private readonly GatewayServices _services;
    private readonly Http2Client _client;
    private readonly Http2RequestContent? _content;
    private readonly HttpRequestMessage _message;
    private readonly ProxyError _messageError;
    private readonly CancellationTokenSource _cancel = new();
    private readonly long _startedAt;
    private readonly bool _hadConnection;
    private TaskCompletionSource _wake = NewWake();
    private HttpResponseMessage? _response;
    private Stream? _body;
    private Task<HttpResponseMessage>? _sending;
    private long _connectedAt = NotConnected;
    private int _connectError;
    private long _connectTicks;
    private volatile bool _isReading;

    /// <param name="context">The request.</param>
    /// <param name="target">The server.</param>
    /// <param name="services">What all requests share.</param>
    public Http2Exchange(ForwardContext context, in Http2Target target, GatewayServices services)
    {
        _context = context;
        _services = services;
        _message = Http2RequestMessage.Create(context, () => new Http2RequestContent(context, this, services), out _messageError);
        _content = _message.Content as Http2RequestContent;
        _message.Options.Set(OptionsKey, this);
        _startedAt = services.Clock.Milliseconds;
        _client = services.Http2Clients.Enter(this, target);
        _hadConnection = _client.IsConnected;
    }

    /// <summary>Whether the request went over a connection that was there before, so that the server may have closed it just then without any fault.</summary>
    public bool IsReused => _hadConnection && Volatile.Read(ref _connectTicks) == 0;

    /// <summary>The trailer fields of a response that was read to its end: canonical field lines.</summary>
    public void WriteTrailers(HeadWriter lines) => Http2ResponseHead.WriteTrailers(_response!, lines);

    /// <summary>Sends the request and waits for the head of the response, which fills <see cref="HttpExchange.Response"/>.</summary>
    public async ValueTask<ProxyError> SendAsync()
    {
        if (_messageError != ProxyError.None)
        {
            return _messageError;
        }

        _sending = _client.SendAsync(_message, _cancel.Token);
        var error = await WaitForHeadAsync(_sending);
        if (error != ProxyError.None)
        {
            // What is still on its way is reset, and has ended before anything else is done with the request.
            await StopAsync();
        }

        if (_sending.IsCompletedSuccessfully)
        {
            _response = await _sending;
            error = error == ProxyError.None ? Http2ResponseHead.Read(_response, _context) : error;
        }

        if (_response is not null || !IsUnsent(error))
        {
            _context.IsRequestSent = true;
            _context.Exchange.CurrentAttempt.ConnectTicks = Volatile.Read(ref _connectTicks);
            _context.Exchange.CurrentAttempt.BytesSent += _context.Head.Length;
        }

        return error;
    }

    /// <summary>Reads the next bytes of the response's body; 0 at its end.</summary>
    /// <param name="buffer">Where to.</param>
    public ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        _body ??= _response!.Content.ReadAsStream(CancellationToken.None);
        return _body.ReadAsync(buffer, _cancel.Token);
    }

    /// <summary>Waits for a read under the request's guard, for up to <c>proxy_read_timeout</c>.</summary>
    /// <returns>How many bytes were read, or -1 with the reason.</returns>
    public async ValueTask<(int Length, ProxyError Error)> EndReadAsync(ValueTask<int> pending)
    {
        var guard = _context.Guard;
        var expired = false;
        try
        {
            if (pending.IsCompleted)
            {
                return (await pending, ProxyError.None);
            }

            _isReading = true;
            guard.BeginWait(this, _context.Action.ReadTimeout);
            try
            {
                return (await pending, ProxyError.None);
            }
            finally
            {
                expired = guard.Expired;
                guard.End();
            }
        }
        catch (Exception e) when (ConnectionLoss.Is(e) || e is HttpRequestException)
        {
            // A body that broke a rule ended the stream: the response is not whole through no fault of the server's.
            NoteReset(e);
            return (-1, _context.IsAbandoned ? _context.Abandonment
                : _context.PumpError != ProxyError.None ? _context.PumpError
                : expired ? ProxyError.UpstreamBodyTimeout
                : ProxyError.UpstreamTruncated);
        }
    }

    /// <summary>Called when this exchange's own request had a connection made.</summary>
    public void OnOwnConnection() => Volatile.Write(ref _connectTicks, Math.Max(1, Stopwatch.GetTimestamp() - _context.AttemptStart));

    /// <summary>A connection that the exchange may have waited for was made, or could not be.</summary>
    public void OnDialled(ProxyError error)
    {
        if (error == ProxyError.None)
        {
            Volatile.Write(ref _connectedAt, _services.Clock.Milliseconds);
        }
        else
        {
            Volatile.Write(ref _connectError, (int)error);
        }

        Wake();
    }

    /// <summary>Has the flow of control look at the state of things again.</summary>
    public void Wake() => Volatile.Read(ref _wake).TrySetResult();

    /// <summary>Gives the stream up. Any thread, and any number of times; what waits for it goes on elsewhere.</summary>
    public Task CancelAsync() => _cancel.CancelAsync();

    /// <inheritdoc/>
    public void Interrupt()
    {
        if (!_isReading)
        {
            Wake();
        }
        else if (_context.Guard is { } guard && (guard.Expired || guard.IsInterrupted))
        {
            _ = CancelAsync();
        }
    }

    /// <summary>Ends the exchange; a stream that is not over is reset. Nothing of the request is touched afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _response?.Dispose();
        _message.Dispose();
        _client.Leave(this);
    }

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool IsUnsent(ProxyError error) =>
        error is ProxyError.UpstreamConnectFailed or ProxyError.UpstreamConnectTimeout or ProxyError.UpstreamTlsFailed or ProxyError.GatewayFault
            or ProxyError.ClientFieldsTooLarge;

    private async ValueTask<ProxyError> WaitForHeadAsync(Task<HttpResponseMessage> sending)
    {
        var guard = _context.Guard;
        while (!sending.IsCompleted)
        {
            var left = MillisecondsLeft();
            if (left <= 0)
            {
                return GiveUp();
            }

            guard.BeginWait(this, left == long.MaxValue ? 0 : left);
            await Task.WhenAny(sending, _wake.Task);
            guard.End();
            if (sending.IsCompleted)
            {
                break;
            }

            Volatile.Write(ref _wake, NewWake());
            if (_context.IsAbandoned)
            {
                return _context.Abandonment;
            }

            var error = _context.PumpError != ProxyError.None ? _context.PumpError : (ProxyError)Volatile.Read(ref _connectError);
            if (error != ProxyError.None)
            {
                return error;
            }
        }

        return sending.IsCompletedSuccessfully ? ProxyError.None : Failure(sending.Exception?.InnerException);
    }

    /// <summary>How long the wait may still last; <see cref="long.MaxValue"/> while the request is being sent.</summary>
    private long MillisecondsLeft()
    {
        var now = _services.Clock.Milliseconds;
        if (_content is { IsRunning: true })
        {
            return long.MaxValue;
        }

        var connectedAt = Volatile.Read(ref _connectedAt);
        return _hadConnection || connectedAt != NotConnected
            ? Math.Max(Math.Max(_startedAt, connectedAt), _content?.EndedAt ?? 0) + _context.Action.ReadTimeout - now
            : _startedAt + _context.Action.ConnectTimeout - now;
    }

    private ProxyError GiveUp()
    {
        if (!_hadConnection && Volatile.Read(ref _connectedAt) == NotConnected)
        {
            return ProxyError.UpstreamConnectTimeout;
        }

        if (_client.LastReceived <= _startedAt)
        {
            // Not a byte for anybody: the connection may be dead without anyone having told. Requests to come get a new one.
            _client.Abandon();
        }

        return ProxyError.UpstreamReadTimeout;
    }

    private ProxyError Failure(Exception? exception)
    {
        NoteReset(exception);
        return _context.IsAbandoned ? _context.Abandonment
            : _context.PumpError != ProxyError.None ? _context.PumpError
            : Http2Failure.ErrorOf(exception, _context);
    }

    private void NoteReset(Exception? exception)
    {
        if (Http2Failure.ResetCodeOf(exception) is { } code)
        {
            _services.Log.UpstreamStreamReset(_context.Action.Upstream.Name, _context.Server, code, _context.Exchange);
        }
    }

    private async ValueTask StopAsync()
    {
        _content?.Interrupt();
        if (_sending is { IsCompleted: false } || _content is { IsRunning: true })
        {
            await _cancel.CancelAsync();
        }

        if (_sending is not null)
        {
            await ((Task)_sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_content is not null)
        {
            await _content.StopAsync();
        }
    }
}
