using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Http.Http2;
using Balancer.Infrastructure;
using Microsoft.AspNetCore.Connections;

namespace Balancer.Proxy.SelfProbing;

/// <summary>
/// Answers the probes of the gateway itself with 204. They come the way of all requests as far as the parser, and are neither routed nor counted nor
/// logged. On an address with TLS or PROXY protocol they come without.
/// </summary>
internal sealed class ProbeService(GatewayServices services) : DownstreamService
{
    private const long PatienceMilliseconds = 1000;

    /// <inheritdoc/>
    public override HeadLimits HeadLimits => HeadLimits.Requests;

    /// <inheritdoc/>
    public override Http2Limits? Http2 => null;

    /// <inheritdoc/>
    public override long HeaderTimeout => PatienceMilliseconds;

    /// <inheritdoc/>
    public override bool IsDraining => false;

    /// <inheritdoc/>
    public override long DrainIdleTimeout => PatienceMilliseconds;

    /// <summary>Serves a connection until it is closed.</summary>
    public async Task ServeAsync(ConnectionContext context)
    {
        var guard = services.Guards.Rent();
        try
        {
            var info = new DownstreamConnection { Peer = ClientAddress.Unix, Local = ClientAddress.Unix };
            await new Http1Connection(context, info, this, guard, services.Clock).RunAsync();
        }
        catch (Exception e)
        {
            services.Log.Fault(e);
        }

        services.Guards.Return(guard);
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> HandleAsync(HttpExchange exchange, Downstream downstream)
    {
        // Requests that read a file or wait for a name need a thread of the pool: where there is none to be had they are not served.
        await Task.Yield();
        downstream.ForbidPersistence();
        downstream.BeginResponse(exchange, 204, ReasonPhrases.Of(204), BodyFraming.ContentLength, -1);
        downstream.EndHead(exchange);
        downstream.EndBody(exchange, default);
        exchange.Completed = await downstream.FlushAsync(exchange);
        return false;
    }

    /// <inheritdoc/>
    public override ValueTask<bool> RefuseAsync(HttpExchange exchange, Downstream downstream, HeadError error) => EndAsync(downstream);

    /// <inheritdoc/>
    public override ValueTask<bool> TimeOutAsync(HttpExchange exchange, Downstream downstream) => EndAsync(downstream);

    /// <inheritdoc/>
    public override void OnHeadAborted(HttpExchange exchange)
    {
        // The probe was given up.
    }

    /// <inheritdoc/>
    public override void OnHttp2Error(DownstreamConnection connection, Http2Fault fault, Http2ErrorCode code)
    {
        // It is not spoken.
    }

    /// <inheritdoc/>
    public override void OnHttp2RestReset(DownstreamConnection connection, int stream)
    {
        // It is not spoken.
    }

    private static ValueTask<bool> EndAsync(Downstream downstream)
    {
        downstream.Abort();
        return new ValueTask<bool>(false);
    }
}
