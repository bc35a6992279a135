using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Http.Http2;

namespace Balancer.Proxy;

/// <summary>What the connections of one listener hand their requests to. A reload swaps <see cref="Routes"/>; requests that run go on with the old ones.</summary>
internal sealed class ListenerService(ListenerRoutes routes, ProxyPipeline pipeline) : DownstreamService
{
    private readonly ProxyPipeline _pipeline = pipeline;
    private volatile ListenerRoutes _routes = routes;
    private volatile bool _isDraining;

    /// <summary>The virtual servers of the listener as they are now.</summary>
    public ListenerRoutes Routes
    {
        get => _routes;
        set => _routes = value;
    }

    /// <inheritdoc/>
    public override HeadLimits HeadLimits => _routes.Servers.Default.HeadLimits;

    /// <inheritdoc/>
    public override Http2Limits? Http2 => _routes.Servers.Default.Http2;

    /// <inheritdoc/>
    public override long HeaderTimeout => _routes.Servers.Default.HeaderTimeout;

    /// <inheritdoc/>
    public override bool IsDraining => _isDraining;

    /// <inheritdoc/>
    public override long DrainIdleTimeout { get; } = 1000;

    /// <summary>From now on connections are closed when their request is done.</summary>
    public void BeginDrain() => _isDraining = true;

    /// <inheritdoc/>
    public override ValueTask<bool> HandleAsync(HttpExchange exchange, Downstream downstream) =>
        _pipeline.HandleAsync(exchange, downstream, _routes);

    /// <inheritdoc/>
    public override ValueTask<bool> RefuseAsync(HttpExchange exchange, Downstream downstream, HeadError error) =>
        _pipeline.RefuseAsync(exchange, downstream, _routes.Servers.Default, HeadErrors.Status(error), ProxyError.ClientMalformed, error);

    /// <inheritdoc/>
    public override ValueTask<bool> TimeOutAsync(HttpExchange exchange, Downstream downstream) =>
        _pipeline.RefuseAsync(exchange, downstream, _routes.Servers.Default, 408, ProxyError.ClientTimeout, HeadError.None);

    /// <inheritdoc/>
    public override void OnHeadAborted(HttpExchange exchange) => _pipeline.Abandon(exchange, _routes.Servers.Default);

    /// <inheritdoc/>
    public override void OnHttp2Error(DownstreamConnection connection, Http2Fault fault, Http2ErrorCode code) => _pipeline.NoteHttp2Error(connection, fault, code);

    /// <inheritdoc/>
    public override void OnHttp2RestReset(DownstreamConnection connection, int stream) => _pipeline.NoteHttp2RestReset(connection, stream);
}
