using System.Net;
using System.Text;
using Balancer.Http;
using Balancer.Infrastructure;
using Microsoft.AspNetCore.Connections;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>
/// HTTP/2 with one server: the framework's client with its connections, many requests on each. Dialling and TLS are the gateway's own,
/// as for HTTP/1.1.
/// </summary>
internal sealed class Http2Client : IDisposable
{
    /// <summary>
    /// What a stream may receive that was not read yet: as much as a slow client makes the gateway hold. That it does not grow is a setting of
    /// the process, in its runtimeconfig.json.
    /// </summary>
    private const int StreamWindow = 256 * 1024;

    private readonly Http2Target _target;
    private readonly GatewayServices _services;
    private readonly HttpMessageInvoker _invoker;
    private readonly Lock _gate = new();
    private readonly HashSet<Http2Exchange> _running = [];
    private int _open;
    private int _idle;
    private int _connecting;
    private long _lastReceived;
    private bool _isClosed;

    /// <param name="target">The server.</param>
    /// <param name="services">Connector, clock, log.</param>
    public Http2Client(in Http2Target target, GatewayServices services)
    {
        _target = target;
        _services = services;
        _invoker = new HttpMessageInvoker(NewHandler());
    }

    /// <summary>Whether any connection is open.</summary>
    public bool IsConnected => Volatile.Read(ref _open) > 0;

    /// <summary>When a byte was last received, in milliseconds of the coarse clock.</summary>
    public long LastReceived => Volatile.Read(ref _lastReceived);

    /// <summary>Counts an exchange in, which tells its end by <see cref="Leave"/>; false when the client is closed, and another one is to be made.</summary>
    public bool TryEnter(Http2Exchange exchange)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            _running.Add(exchange);
            CountIdle(0);
            return true;
        }
    }

    /// <summary>An exchange is over.</summary>
    public void Leave(Http2Exchange exchange)
    {
        bool isLast;
        lock (_gate)
        {
            _running.Remove(exchange);
            CountIdle(_running.Count == 0 ? _open : 0);
            isLast = _isClosed && _running.Count == 0;
        }

        if (isLast || _target.Owner.IsRetired)
        {
            TryClose();
        }
    }

    /// <summary>Sends a request; the result is a response whose body is still to come.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancel) => _invoker.SendAsync(message, cancel);

    /// <summary>Closes the client when nothing runs on it and it is of no more use: its server has left, or no connection is open.</summary>
    /// <returns>Whether it is closed.</returns>
    public bool TryClose()
    {
        lock (_gate)
        {
            var isWanted = !_isClosed && !_target.Owner.IsRetired && (_open > 0 || _connecting > 0);
            if (_running.Count > 0 || isWanted)
            {
                return false;
            }

            _isClosed = true;
        }

        _invoker.Dispose();
        return true;
    }

    /// <summary>Takes no more requests: those that run go on, and the next one makes another client with a connection of its own.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        TryClose();
    }

    /// <summary>Bytes were received.</summary>
    public void OnReceived() => Volatile.Write(ref _lastReceived, _services.Clock.Milliseconds);

    /// <summary>A connection was closed.</summary>
    public void OnClosed()
    {
        lock (_gate)
        {
            _open--;
            if (_idle > _open)
            {
                CountIdle(_open);
            }
        }

        _target.Owner.OnClosed();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        _invoker.Dispose();
    }

    private void CountIdle(int idle)
    {
        for (; _idle < idle; _idle++)
        {
            _target.Owner.OnIdle();
        }

        for (; _idle > idle; _idle--)
        {
            _target.Owner.OnTaken();
        }
    }

    private SocketsHttpHandler NewHandler() => new()
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectCallback = ConnectAsync,
        ConnectTimeout = Timeout.InfiniteTimeSpan,
        EnableMultipleHttp2Connections = true,
        InitialHttp2StreamWindowSize = StreamWindow,
        MaxResponseHeadersLength = Math.Max(1, (_target.Settings.MaxHeadSize + 1023) / 1024),
        PooledConnectionIdleTimeout = Span(_target.Settings.IdleTimeout),
        PooledConnectionLifetime = Span(_target.Settings.MaxAge),
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        UseCookies = false,
        UseProxy = false,
    };

    private static TimeSpan Span(long milliseconds) => milliseconds > 0 ? TimeSpan.FromMilliseconds(milliseconds) : Timeout.InfiniteTimeSpan;

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        lock (_gate)
        {
            _connecting++;
        }

        var guard = _services.Guards.Rent();
        var error = ProxyError.GatewayFault;
        ConnectionContext? connection = null;
        try
        {
            await using (cancel.UnsafeRegister(static state => ((IoGuard)state!).Interrupt(), guard))
            {
                (connection, error) = await DialAsync(guard);
            }
        }
        finally
        {
            _services.Guards.Return(guard);
            OnDialled(connection is not null, error);
        }

        if (connection is null)
        {
            throw new UpstreamConnectException(error);
        }

        if (context.InitialRequestMessage.Options.TryGetValue(Http2Exchange.OptionsKey, out var first))
        {
            first.OnOwnConnection();
        }

        return new Http2ConnectionStream(connection, this, _target.Tls is null ? null : new Http2SchemeWriter());
    }

    private void OnDialled(bool isOpen, ProxyError error)
    {
        Http2Exchange[] waiting = [];
        lock (_gate)
        {
            _connecting--;
            if (_open == 0)
            {
                waiting = [.. _running];
            }

            if (isOpen)
            {
                _open++;
                _target.Owner.OnOpened();
                CountIdle(_running.Count == 0 ? _open : 0);
            }
        }

        // Without any connection all wait for this one: the client's own queue would have each of them try, one after the other.
        foreach (var exchange in waiting)
        {
            exchange.OnDialled(isOpen ? ProxyError.None : error);
        }
    }

    private async ValueTask<(ConnectionContext? Connection, ProxyError Error)> DialAsync(IoGuard guard)
    {
        var result = await _services.Connector.ConnectAsync(_target.Settings.EndPoint, _target.Settings.ConnectTimeout, guard);
        if (result.Connection is not { } connection)
        {
            return (null, UpstreamDialer.ErrorOf(result.Error));
        }

        if (_target.Tls is not { } tls)
        {
            return (connection, ProxyError.None);
        }

        var secured = await UpstreamDialer.SecureAsync(connection, tls, _target.TlsName!, _target.Address, guard, _services.Clock, _target.Settings.ConnectTimeout, isHttp2: true);
        if (secured.Connection is not null)
        {
            return (secured.Connection, ProxyError.None);
        }

        await UpstreamDialer.AbortAsync(connection);
        _services.Log.UpstreamTlsFailed(_target.Upstream, _target.Address, _target.TlsName!, secured.Reason);
        return (null, secured.IsTimeout ? ProxyError.UpstreamConnectTimeout : ProxyError.UpstreamTlsFailed);
    }
}
