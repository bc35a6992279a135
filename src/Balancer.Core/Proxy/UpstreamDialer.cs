using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;
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

    /// <summary>Sets <see cref="ForwardContext.Connection"/>, or tells why there is none.</summary>
    public ValueTask<ProxyError> ConnectAsync(ForwardContext context)
    {
        // A connection that starts with this client's address is good for this client alone.
        var tls = context.Action.Tls;
        var name = tls is null ? null : tls.Name ?? Render(tls.NameTemplate!, context.Exchange);
        var owner = context.Server.State.Connections;
        if (tls is not null)
        {
            owner = owner.Variant(tls.Variant ?? UpstreamTls.VariantOf(tls.Context, name!));
        }

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
            return result.Error switch
            {
                _ when context.IsAbandoned => context.Abandonment,
                SocketError.TimedOut => ProxyError.UpstreamConnectTimeout,

                // We have run out of descriptors: no server is at fault, and none is to be ejected for it.
                SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable => ProxyError.GatewayFault,
                _ => ProxyError.UpstreamConnectFailed,
            };
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
                transport.Abort();
                await transport.DisposeAsync();
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
        var tls = context.Action.Tls!.Context;
        UpstreamTlsResult result;
        try
        {
            var engine = new TlsEngine(tls, name, tls.SessionOf(context.Server.Address, name));
            result = await UpstreamTlsConnector.ConnectAsync(transport, engine, context.Guard, _services.Clock, context.Action.ConnectTimeout);
        }
        catch (OpenSslException e)
        {
            result = new UpstreamTlsResult(null, false, e.Message);
        }

        if (result.Connection is not null)
        {
            return (result.Connection, ProxyError.None);
        }

        if (context.IsAbandoned)
        {
            return (null, context.Abandonment);
        }

        _services.Log.UpstreamTlsFailed(context.Action.Upstream.Name, context.Server, name, result.Reason);
        return (null, result.IsTimeout ? ProxyError.UpstreamConnectTimeout : ProxyError.UpstreamTlsFailed);
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
