using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Http.Http2;
using Balancer.Infrastructure;
using Balancer.Tls;
using Balancer.Transport;
using Balancer.Transport.ProxyProtocol;
using Microsoft.AspNetCore.Connections;

namespace Balancer.Proxy;

/// <summary>A bound address: accepts connections, knows those that are open, and drains them when it is dropped or the gateway stops.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "StopAsync disposes of the listener.")]
internal sealed class ActiveListener
{
    private readonly GatewayServices _services;
    private readonly SocketListener _listener;
    private readonly ConcurrentDictionary<IDrainable, byte> _connections = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private Task _accepting = Task.CompletedTask;
    private Task? _draining;
    private Task? _disposing;
    private volatile bool _isStopping;
    private ClientAddress _local = ClientAddress.Unix;

    /// <summary>Binds the address.</summary>
    /// <exception cref="SocketException">It cannot be bound.</exception>
    public ActiveListener(ListenerRoutes routes, ProxyPipeline pipeline, GatewayServices services)
    {
        _services = services;
        _listener = new SocketListener(routes.Listen, services.Loggers, services.Time);
        Service = new ListenerService(routes, pipeline);
    }

    /// <summary>What the connections hand their requests to.</summary>
    public ListenerService Service { get; }

    /// <summary>The address bound.</summary>
    public EndPoint EndPoint => _listener.EndPoint;

    /// <summary>How many connections are open.</summary>
    public int Connections => _connections.Count;

    /// <summary>Whether it takes connections: it was started, is not stopping, and nothing has ended the loop.</summary>
    public bool IsAccepting => !Service.IsDraining && !Volatile.Read(ref _accepting).IsCompleted;

    /// <summary>Whether <see cref="StopAsync"/> was called and no connection is left.</summary>
    public bool IsStopped => _drained.Task.IsCompleted;

    /// <summary>Starts to accept.</summary>
    public void Start() => _accepting = AcceptAsync();

    /// <summary>
    /// Accepts no more, lets requests that run finish for up to <paramref name="timeout"/>, then cuts the connections that are left.
    /// May be called again while it runs, with less patience.
    /// </summary>
    /// <param name="timeout">How long.</param>
    /// <param name="hurry">Ends the wait early.</param>
    /// <returns>How many connections were cut.</returns>
    public async Task<int> StopAsync(TimeSpan timeout, CancellationToken hurry = default)
    {
        await Once(ref _draining, DrainAsync);
        if (timeout > TimeSpan.Zero)
        {
            await Task.WhenAny(_drained.Task, Task.Delay(timeout, _services.Time, hurry));
        }

        var cut = 0;
        foreach (var connection in _connections.Keys)
        {
            cut++;
            connection.Abort();
        }

        await _drained.Task;
        await Once(ref _disposing, () => _listener.DisposeAsync().AsTask());
        return cut;
    }

    private async Task DrainAsync()
    {
        Service.BeginDrain();
        await _listener.UnbindAsync(CancellationToken.None);
        await _accepting;
        _isStopping = true;
        foreach (var connection in _connections.Keys)
        {
            connection.Drain();
        }

        CheckDrained();
    }

    private Task Once(ref Task? task, Func<Task> start)
    {
        lock (_lock)
        {
            return task ??= start();
        }
    }

    private async Task AcceptAsync()
    {
        while (await _listener.AcceptAsync() is { } context)
        {
            Serve(context);
        }
    }

    private void Serve(ConnectionContext context)
    {
        if (_services.ProbePeers.Has(context.RemoteEndPoint))
        {
            _ = _services.Probes.ServeAsync(context);
            return;
        }

        var info = new DownstreamConnection
        {
            Serial = _services.NextConnectionSerial(),
            Peer = AddressOf(context.RemoteEndPoint),
            Local = LocalAddressOf(context.LocalEndPoint),
        };
        _services.Counters.ConnectionsAccepted.Increment();
        var guard = _services.Guards.Rent();
        var routes = Service.Routes;
        if (routes.Listen.Ssl)
        {
            var acceptor = new TlsAcceptor(context, info.Peer, routes, guard, _services.Clock, _services.Tls);
            _connections.TryAdd(acceptor, 0);
            _ = RunAsync(acceptor, context, info, guard);
        }
        else
        {
            var connection = new Http1Connection(context, info, Service, guard, _services.Clock);
            _connections.TryAdd(connection, 0);
            _ = RunAsync(connection, context, info, guard);
        }
    }

    private async Task RunAsync(Http1Connection connection, ConnectionContext context, DownstreamConnection info, IoGuard guard)
    {
        try
        {
            if (!Service.Routes.Listen.ProxyProtocol || await ReadProxyHeaderAsync(context, info, guard))
            {
                await connection.RunAsync();
                if (connection.IsHttp2)
                {
                    await ServeHttp2Async(connection, context, info, Service.Http2 ?? Http2Limits.Default);
                }
            }
            else
            {
                await connection.CloseAsync();
            }
        }
        catch (Exception e)
        {
            _services.Log.Fault(e);
        }

        End(connection, guard);
    }

    private async Task RunAsync(TlsAcceptor acceptor, ConnectionContext context, DownstreamConnection info, IoGuard guard)
    {
        IDrainable running = acceptor;
        try
        {
            var accepted = !Service.Routes.Listen.ProxyProtocol || await ReadProxyHeaderAsync(context, info, guard)
                ? await acceptor.AcceptAsync()
                : new TlsAcceptResult(null, TlsFailure.Malformed);
            if (accepted.Failure != TlsFailure.None)
            {
                await context.Transport.Input.CompleteAsync();
                await context.Transport.Output.CompleteAsync();
                await context.DisposeAsync();
            }
            else
            {
                var tls = accepted.Connection;
                info.Tls = tls?.Session;
                if (tls is { Session.IsHttp2: true })
                {
                    await ServeHttp2Async(acceptor, tls, info, Service.Routes.FindServer(tls.Session!.Field(TlsField.ServerName)).Http2 ?? Http2Limits.Default);
                }
                else
                {
                    var connection = tls is not null
                        ? new Http1Connection(tls, info, Service, guard, _services.Clock)
                        : new Http1Connection(context, info, new PlainOnTlsService(Service), guard, _services.Clock);
                    _connections.TryAdd(connection, 0);
                    _connections.TryRemove(acceptor, out _);
                    running = connection;
                    acceptor.HandOver(connection);
                    await connection.RunAsync();
                    if (connection.IsHttp2)
                    {
                        await ServeHttp2Async(connection, tls!, info, Service.Http2 ?? Http2Limits.Default);
                    }
                }
            }
        }
        catch (Exception e)
        {
            _services.Log.Fault(e);
        }

        End(running, guard);
    }

    private void End(IDrainable connection, IoGuard guard)
    {
        _connections.TryRemove(connection, out _);
        _services.Counters.ConnectionsClosed.Increment();
        _services.Guards.Return(guard);
        CheckDrained();
    }

    /// <summary>Serves a connection that begins with the preface of HTTP/2, encrypted or not, until it is closed; nothing may have been taken off it.</summary>
    private async Task ServeHttp2Async(IDrainable before, ConnectionContext context, DownstreamConnection info, Http2Limits limits)
    {
        var connection = new Http2Connection(context, info, Service, limits, _services.Heartbeat.Wheel);
        _connections.TryAdd(connection, 0);
        _connections.TryRemove(before, out _);
        _services.Counters.Http2.ConnectionsOpened.Increment();
        if (Service.IsDraining)
        {
            // The drain may have looked at the connections before it was among them.
            connection.Drain();
        }

        try
        {
            await _services.Http2.ServeAsync(connection);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            _services.Counters.Http2.ConnectionsClosed.Increment();
        }
    }

    private async ValueTask<bool> ReadProxyHeaderAsync(ConnectionContext context, DownstreamConnection info, IoGuard guard)
    {
        var header = await ProxyProtocolReader.ReadAsync(context.Transport.Input, guard, Service, _services.Clock);
        if (header is null)
        {
            if (!Service.IsDraining)
            {
                _services.Counters.ConnectionsRefused.Increment();
                _services.Log.ProxyHeaderRefused(EndPoint, info.Peer);
            }

            return false;
        }

        info.ProxyProtocolSource = header.Value.Source;
        info.ProxyProtocolDestination = header.Value.Destination;
        return true;
    }

    private void CheckDrained()
    {
        if (_isStopping && _connections.IsEmpty)
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>Our end is nearly always the same address: its connections share one object.</summary>
    private ClientAddress LocalAddressOf(EndPoint? endPoint) =>
        endPoint is IPEndPoint ip && ip.Port == _local.Port && ip.Address.Equals(_local.Address) ? _local : _local = AddressOf(endPoint);

    private static ClientAddress AddressOf(EndPoint? endPoint) =>
        endPoint is IPEndPoint ip ? new ClientAddress(ip.Address, ip.Port) : ClientAddress.Unix;
}
