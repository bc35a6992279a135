using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Infrastructure;
using Balancer.Routing;
using Balancer.Upstreams;
using Balancer.Upstreams.Connections;

namespace Balancer.Proxy;

/// <summary>
/// A connection that has switched protocols (RFC 9110 section 7.8): bytes both ways, in the protocol only client and server know.
/// <code>
///   client ──► SendAsync ────► server      end of the client's bytes: the server is told, and may go on sending
///   client ◄── ReceiveAsync ◄── server     end of the server's bytes: the tunnel is over (as in nginx)
/// </code>
/// Neither direction reads more than the other side takes. <c>proxy_read_timeout</c> without a byte in either direction ends the tunnel.
/// </summary>
internal sealed class UpgradeTunnel
{
    private readonly ForwardContext _context;
    private readonly UpstreamConnection _connection;
    private readonly GatewayServices _services;
    private readonly IoGuard _sending;
    private readonly IoGuard _receiving;
    private readonly long _idleTimeout;
    private long _lastActivity;

    private UpgradeTunnel(ForwardContext context, UpstreamConnection connection, GatewayServices services)
    {
        _context = context;
        _connection = connection;
        _services = services;
        _sending = services.Guards.Rent();
        _receiving = services.Guards.Rent();
        _idleTimeout = context.Action.ReadTimeout;
        _lastActivity = services.Clock.Milliseconds;
    }

    /// <summary>Whether the request asks for another protocol in a way that is passed on: after it nothing but the tunnel can follow.</summary>
    public static bool IsAskedFor(RequestHead request) => request is { HasUpgrade: true, HasBody: false, ExpectsContinue: false };

    /// <summary>Whether it is passed on by a location.</summary>
    public static bool IsAskedFor(RequestHead request, ProxyAction action) => IsAskedFor(request) && action.Change is not { AllowsUpgrade: false };

    /// <summary>Whether the server has chosen one of the protocols the client named (RFC 9110 section 7.8), and nothing else.</summary>
    public static bool IsValid(RequestHead request, ResponseHead response)
    {
        if (!IsAskedFor(request) || !response.HasUpgrade)
        {
            return false;
        }

        var hasChosen = false;
        foreach (ref var field in response.Headers.Fields)
        {
            if (field.Known != KnownHeader.Upgrade)
            {
                continue;
            }

            var chosen = response.Value(field);
            while (Http1Syntax.TryNextElement(ref chosen, out var protocol))
            {
                if (!Offers(request, protocol))
                {
                    return false;
                }

                hasChosen = true;
            }
        }

        return hasChosen && (!request.IsExtendedConnect || HasAccepted(request, response));
    }

    /// <summary>Passes the 101 on and then bytes, until one side has ended. The connection is closed, the try settled.</summary>
    /// <returns>None when one of the two ended it, or it was idle; else why it broke off.</returns>
    public static async ValueTask<ProxyError> RunAsync(ForwardContext context, Location location, UpstreamConnection connection, GatewayServices services)
    {
        await context.Pump.StopAsync();
        var tunnel = new UpgradeTunnel(context, connection, services);
        services.Counters.TunnelsOpened.Increment();
        ProxyError error;
        try
        {
            error = await tunnel.RunAsync(location);
        }
        finally
        {
            // Nothing waits under the guards any more.
            context.Downstream.LinkGuard(null);
            services.Guards.Return(tunnel._sending);
            services.Guards.Return(tunnel._receiving);
            services.Counters.TunnelsClosed.Increment();
        }

        if (error == ProxyError.GatewayShutdown)
        {
            services.Counters.TunnelsCut.Increment();
        }

        context.Exchange.Completed = error == ProxyError.None;
        context.Connection = null;
        connection.Close(abort: error != ProxyError.None);
        Forwarder.Settle(context, PickOutcome.Success, ProxyErrors.IsUpstreams(error) ? error : ProxyError.None);
        return error;
    }

    /// <summary>Whether the server has understood the key of the gateway's own, which is no business of the client's.</summary>
    private static bool HasAccepted(RequestHead request, ResponseHead response)
    {
        var hasAccepted = false;
        foreach (ref var field in response.Headers.Fields)
        {
            if (Ascii.EqualsIgnoreCase(response.Name(field), WebSocketHandshake.AcceptField))
            {
                field.Flags |= HeaderFieldFlags.HopByHop;
                hasAccepted = WebSocketHandshake.IsAccepted(request.WebSocketKey, response.Value(field));
            }
        }

        return hasAccepted;
    }

    private static bool Offers(RequestHead request, ReadOnlySpan<byte> protocol)
    {
        foreach (ref var field in request.Headers.Fields)
        {
            if (field.Known != KnownHeader.Upgrade)
            {
                continue;
            }

            var offered = request.Value(field);
            while (Http1Syntax.TryNextElement(ref offered, out var element))
            {
                if (Ascii.EqualsIgnoreCase(element, protocol))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private async ValueTask<ProxyError> RunAsync(Location location)
    {
        var exchange = _context.Exchange;
        var downstream = _context.Downstream;

        // From here on a client that ends its side has not gone away; only a cut of the connection interrupts.
        downstream.LinkGuard(_receiving);
        downstream.BeginTunnel(exchange);
        ResponseFields.Copy(exchange, downstream, _context.Action.HiddenFields, _context.Action.Rewriting, _services.Log);
        LocalResponse.AddFields(exchange, downstream, location);
        _context.Action.Sticky?.AddTo(exchange, downstream, _context.Server);
        downstream.EndHead(exchange);
        if (!await downstream.FlushAsync(exchange, _receiving))
        {
            downstream.Abort();
            return downstream.IsCut ? ProxyError.GatewayShutdown : ProxyError.None;
        }

        var sending = SendAsync();
        var error = await ReceiveAsync();
        _sending.Interrupt();
        await sending;
        if (error == ProxyError.None && downstream.IsCut)
        {
            error = ProxyError.GatewayShutdown;
        }

        if (error != ProxyError.None)
        {
            downstream.Abort();
        }

        return error;
    }

    /// <summary>Client to server. Ends the other direction when the client has broken off or does not take part any more.</summary>
    private async Task SendAsync()
    {
        var output = _connection.Output;
        while (true)
        {
            BodyStatus status;
            try
            {
                status = await PassOnFromClientAsync(output);
            }
            catch (Exception e)
            {
                _services.Log.Fault(e);
                status = BodyStatus.Interrupted;
            }

            switch (status)
            {
                case BodyStatus.Data:
                    _lastActivity = _services.Clock.Milliseconds;
                    continue;
                case BodyStatus.End:
                    return;
                case BodyStatus.TimedOut when !IsIdle():
                    continue;
                default:
                    _receiving.Interrupt();
                    return;
            }
        }
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<BodyStatus> PassOnFromClientAsync(PipeWriter output)
    {
        var read = await _context.Downstream.ReadBodyAsync(_sending, TimeLeft());
        if (read.Status is not (BodyStatus.Data or BodyStatus.End))
        {
            return read.Status;
        }

        if (!read.Data.IsEmpty)
        {
            _context.Exchange.CurrentAttempt.BytesSent += read.Data.Length;
            foreach (var segment in read.Data)
            {
                output.Write(segment.Span);
            }

            if (await UpstreamFlush.FlushAsync(output, _sending, _context.Action.SendTimeout) != ProxyError.None)
            {
                // The server does not read any more; what it sends tells more than that.
                return _sending.IsInterrupted ? BodyStatus.Interrupted : BodyStatus.Truncated;
            }
        }

        return read.Status != BodyStatus.End || await TryEndOutputAsync(output) ? read.Status : BodyStatus.Truncated;
    }

    /// <summary>Tells the server that nothing more comes from the client; what the server sends still passes.</summary>
    private async ValueTask<bool> TryEndOutputAsync(PipeWriter output)
    {
        _connection.WriteEnd();
        return (output.UnflushedBytes == 0 || await UpstreamFlush.FlushAsync(output, _sending, _context.Action.SendTimeout) == ProxyError.None)
            && _connection.TryEndOutput();
    }

    /// <summary>Server to client.</summary>
    private async ValueTask<ProxyError> ReceiveAsync()
    {
        var exchange = _context.Exchange;
        var downstream = _context.Downstream;
        var body = _connection.Body;
        body.Begin(BodyFraming.UntilClose, -1);
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(_receiving, TimeLeft());
                if (read.Status is BodyStatus.Data or BodyStatus.End && !read.Data.IsEmpty)
                {
                    _lastActivity = _services.Clock.Milliseconds;
                    exchange.CurrentAttempt.BytesReceived += read.Data.Length;
                    exchange.CurrentAttempt.ResponseLength += read.Data.Length;
                    foreach (var segment in read.Data)
                    {
                        downstream.WriteBody(exchange, segment.Span);
                    }

                    if (!await downstream.FlushAsync(exchange, _receiving))
                    {
                        return downstream.IsCut || _receiving.IsInterrupted ? ProxyError.None : ProxyError.ClientStalled;
                    }
                }

                switch (read.Status)
                {
                    case BodyStatus.Data:
                        continue;
                    case BodyStatus.TimedOut when !IsIdle():
                        continue;
                    case BodyStatus.Truncated:
                        return ProxyError.UpstreamTruncated;
                    default:
                        return ProxyError.None;
                }
            }
        }
        finally
        {
            body.Release();
        }
    }

    private bool IsIdle() => _services.Clock.Milliseconds - Volatile.Read(ref _lastActivity) >= _idleTimeout;

    /// <summary>Milliseconds until the tunnel has been idle for too long; at least one.</summary>
    private long TimeLeft() => Math.Max(1, Volatile.Read(ref _lastActivity) + _idleTimeout - _services.Clock.Milliseconds);
}
