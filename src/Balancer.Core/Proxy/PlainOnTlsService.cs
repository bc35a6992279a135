using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Http.Http2;

namespace Balancer.Proxy;

/// <summary>Serves a connection that speaks HTTP without TLS to an address that wants it: every request is answered 400 (nginx's 497).</summary>
internal sealed class PlainOnTlsService(DownstreamService service) : DownstreamService
{
    /// <inheritdoc/>
    public override HeadLimits HeadLimits => service.HeadLimits;

    /// <inheritdoc/>
    public override Http2Limits? Http2 => null;

    /// <inheritdoc/>
    public override long HeaderTimeout => service.HeaderTimeout;

    /// <inheritdoc/>
    public override bool IsDraining => service.IsDraining;

    /// <inheritdoc/>
    public override long DrainIdleTimeout => service.DrainIdleTimeout;

    /// <inheritdoc/>
    public override ValueTask<bool> HandleAsync(HttpExchange exchange, Downstream downstream) => service.RefuseAsync(exchange, downstream, HeadError.PlainOnTlsPort);

    /// <inheritdoc/>
    public override ValueTask<bool> RefuseAsync(HttpExchange exchange, Downstream downstream, HeadError error) => service.RefuseAsync(exchange, downstream, error);

    /// <inheritdoc/>
    public override ValueTask<bool> TimeOutAsync(HttpExchange exchange, Downstream downstream) => service.TimeOutAsync(exchange, downstream);

    /// <inheritdoc/>
    public override void OnHeadAborted(HttpExchange exchange) => service.OnHeadAborted(exchange);

    /// <inheritdoc/>
    public override void OnHttp2Error(DownstreamConnection connection, Http2Fault fault, Http2ErrorCode code) => service.OnHttp2Error(connection, fault, code);

    /// <inheritdoc/>
    public override void OnHttp2RestReset(DownstreamConnection connection, int stream) => service.OnHttp2RestReset(connection, stream);
}
