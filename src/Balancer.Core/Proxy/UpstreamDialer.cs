using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Transport.ProxyProtocol;
using Balancer.Upstreams.Connections;

namespace Balancer.Proxy;

/// <summary>Gives a try its connection: an idle one, or a new one.</summary>
internal sealed class UpstreamDialer(GatewayServices services)
{
    private readonly GatewayServices _services = services;

    /// <summary>Sets <see cref="ForwardContext.Connection"/>, or tells why there is none.</summary>
    public ValueTask<ProxyError> ConnectAsync(ForwardContext context)
    {
        // A connection that starts with this client's address is good for this client alone.
        if (context.Action.ProxyProtocolVersion == 0 && !context.IsStaleRetried)
        {
            var idle = context.Action.Upstream.State.IdleConnections.Take(context.Server.State.Connections);
            if (idle is not null)
            {
                idle.Requests++;
                context.Connection = idle;
                context.Exchange.CurrentAttempt.ConnectTicks = 0;
                return new ValueTask<ProxyError>(ProxyError.None);
            }
        }

        return DialAsync(context);
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<ProxyError> DialAsync(ForwardContext context)
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

        context.Exchange.CurrentAttempt.ConnectTicks = Stopwatch.GetTimestamp() - context.AttemptStart;
        server.State.Connections.OnOpened();
        context.Connection = new UpstreamConnection(result.Connection, server.State.Connections, _services.Clock.Milliseconds) { Requests = 1 };
        if (context.Action.ProxyProtocolVersion != 0)
        {
            WriteProxyHeader(context);
        }

        return ProxyError.None;
    }

    private static void WriteProxyHeader(ForwardContext context)
    {
        var output = context.Connection!.Output;
        var exchange = context.Exchange;
        output.Advance(ProxyProtocolWriter.Write(output.GetSpan(ProxyProtocolWriter.MaxLength), context.Action.ProxyProtocolVersion, exchange.Client, exchange.Connection.Local));
    }
}
