using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;
using Balancer.Proxy.Http2Upstream;
using Balancer.Routing;
using Balancer.Tls;
using Balancer.Tls.OpenSsl;
using Balancer.Transport.ProxyProtocol;
using Balancer.Upstreams.Connections;
using Microsoft.AspNetCore.Connections;

namespace Balancer.Proxy;

/// <summary>Gives a try its connection: an idle one, or a new one.</summary>
internal sealed class UpstreamDialer(GatewayServices services)
{
    private readonly GatewayServices _services = services;

    /// <summary>What it means that a server could not be reached.</summary>
    public static ProxyError ErrorOf(SocketError error) => error switch
    {
        SocketError.TimedOut => ProxyError.UpstreamConnectTimeout,

        // We have run out of descriptors: no server is at fault, and none is to be ejected for it.
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable => ProxyError.GatewayFault,
        _ => ProxyError.UpstreamConnectFailed,
    };

    /// <summary>Makes the TLS handshake over a new connection, which is the caller's to close when it fails.</summary>
    /// <param name="transport">The connection.</param>
    /// <param name="tls">The settings.</param>
    /// <param name="name">The name asked for and verified.</param>
    /// <param name="address">The server's address, by which its sessions are kept.</param>
    /// <param name="guard">Watches over the waits.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="timeout">Milliseconds the handshake may take.</param>
    /// <param name="isHttp2">Whether the server has to agree on HTTP/2 (ALPN <c>h2</c>).</param>
    public static async ValueTask<UpstreamTlsResult> SecureAsync(
        ConnectionContext transport, UpstreamTlsContext tls, string name, string address, IoGuard guard, CoarseClock clock, long timeout, bool isHttp2)
    {
        try
        {
            var engine = new TlsEngine(tls, name, tls.SessionOf(address, name), isHttp2);
            var result = await UpstreamTlsConnector.ConnectAsync(transport, engine, guard, clock, timeout);
            if (isHttp2 && result.Connection is not null && !engine.IsHttp2)
            {
                engine.Dispose();
                return new UpstreamTlsResult(null, false, "the server did not agree on HTTP/2 (ALPN h2)");
            }

            return result;
        }
        catch (OpenSslException e)
        {
            return new UpstreamTlsResult(null, false, e.Message);
        }
    }

    /// <summary>Closes a connection that is of no use.</summary>
    public static async ValueTask AbortAsync(ConnectionContext transport)
    {
        transport.Abort();
        await transport.DisposeAsync();
    }

    /// <summary>What speaks HTTP/2 with the server of the try.</summary>
    public static Http2Target Http2TargetOf(ForwardContext context)
    {
        var owner = OwnerOf(context, out var name);
        var server = context.Server;
        return new Http2Target(owner, Http2ClientSettings.Of(context.Action, server), context.Action.Upstream.Name, server.Address, context.Action.Tls?.Context, name);
    }

    /// <summary>Sets <see cref="ForwardContext.Connection"/>, or tells why there is none.</summary>
    public ValueTask<ProxyError> ConnectAsync(ForwardContext context)
    {
        var owner = OwnerOf(context, out var name);

        // A connection that starts with this client's address is good for this client alone.
        if (context.Action.ProxyProtocolVersion == 0 && !context.IsStaleRetried)
        {
            var idle = context.Action.Upstream.State.IdleConnections.Take(owner);
            if (idle is not null)
            {
                idle.Requests++;
                context.Connection = idle;
                context.Exchange.CurrentAttempt.ConnectTicks = 0;
                return new ValueTask<ProxyError>(ProxyError.None);
            }
        }

        return DialAsync(context, owner, name);
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<ProxyError> DialAsync(ForwardContext context, ServerConnections owner, string? tlsName)
    {
        var server = context.Server;
        var result = await _services.Connector.ConnectAsync(server.EndPoint, context.Action.ConnectTimeout, context.Guard);
        if (result.Connection is null)
        {
            return context.IsAbandoned ? context.Abandonment : ErrorOf(result.Error);
        }

        var transport = result.Connection;
        if (context.Action.ProxyProtocolVersion != 0)
        {
            WriteProxyHeader(context, transport.Transport.Output);
        }

        if (tlsName is not null)
        {
            var (connection, error) = await SecureAsync(context, transport, tlsName);
            if (connection is null)
            {
                await AbortAsync(transport);
                return error;
            }

            transport = connection;
        }

        context.Exchange.CurrentAttempt.ConnectTicks = Stopwatch.GetTimestamp() - context.AttemptStart;
        owner.OnOpened();
        context.Connection = new UpstreamConnection(transport, owner, _services.Clock.Milliseconds) { Requests = 1 };
        return ProxyError.None;
    }

    private async ValueTask<(ConnectionContext? Connection, ProxyError Error)> SecureAsync(ForwardContext context, ConnectionContext transport, string name)
    {
        var result = await SecureAsync(transport, context.Action.Tls!.Context, name, context.Server.Address, context.Guard, _services.Clock, context.Action.ConnectTimeout, isHttp2: false);
        if (result.Connection is not null)
        {
            return (result.Connection, ProxyError.None);
        }

        if (context.IsAbandoned)
        {
            return (null, context.Abandonment);
        }

        _services.Log.UpstreamTlsFailed(context.Action.Upstream.Name, context.Server.Address, name, result.Reason);
        return (null, result.IsTimeout ? ProxyError.UpstreamConnectTimeout : ProxyError.UpstreamTlsFailed);
    }

    private static ServerConnections OwnerOf(ForwardContext context, out string? tlsName)
    {
        var owner = context.Server.State.Connections;
        if (context.Action.Tls is not { } tls)
        {
            tlsName = null;
            return owner;
        }

        tlsName = tls.Name ?? Render(tls.NameTemplate!, context.Exchange);
        return owner.Variant(tls.Variant ?? UpstreamTls.VariantOf(tls.Context, tlsName));
    }

    private static string Render(TextTemplate template, HttpExchange exchange)
    {
        var text = WorkerPool<HeadWriter>.Rent();
        template.Write(exchange, text);
        text.NeutralizeFrom(0);
        var name = Encoding.Latin1.GetString(text.Written);
        text.Reset();
        WorkerPool<HeadWriter>.Return(text);
        return name;
    }

    private static void WriteProxyHeader(ForwardContext context, PipeWriter output)
    {
        var exchange = context.Exchange;
        output.Advance(ProxyProtocolWriter.Write(output.GetSpan(ProxyProtocolWriter.MaxLength), context.Action.ProxyProtocolVersion, exchange.Client, exchange.Connection.Local));
    }
}
