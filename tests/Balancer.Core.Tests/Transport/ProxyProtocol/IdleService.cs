using System.Diagnostics;
using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Http.Http2;

namespace Balancer.Transport.ProxyProtocol;

/// <summary>A service that tells its timeouts and gets no requests.</summary>
internal sealed class IdleService : DownstreamService
{
    private volatile bool _isDraining;

    public override HeadLimits HeadLimits => throw new UnreachableException();

    public override Http2Limits? Http2 => null;

    public override long HeaderTimeout => 1_000;

    public override bool IsDraining => _isDraining;

    public override long DrainIdleTimeout => 200;

    public void BeginDrain() => _isDraining = true;

    public override ValueTask<bool> HandleAsync(HttpExchange exchange, Downstream downstream) => throw new UnreachableException();

    public override ValueTask<bool> RefuseAsync(HttpExchange exchange, Downstream downstream, HeadError error) => throw new UnreachableException();

    public override ValueTask<bool> TimeOutAsync(HttpExchange exchange, Downstream downstream) => throw new UnreachableException();

    public override void OnHeadAborted(HttpExchange exchange) => throw new UnreachableException();

    public override void OnHttp2Error(DownstreamConnection connection, Http2Fault fault, Http2ErrorCode code) => throw new UnreachableException();

    public override void OnHttp2RestReset(DownstreamConnection connection, int stream) => throw new UnreachableException();
}
