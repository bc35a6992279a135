using Balancer.Http.Http1;
using Balancer.Http.Http2;

namespace Balancer.Http;

/// <summary>What a front end hands its requests to; one for each listener. Everything it tells may change at a reload.</summary>
internal abstract class DownstreamService
{
    /// <summary>Limits of request heads on this listener (those of its default server).</summary>
    public abstract HeadLimits HeadLimits { get; }

    /// <summary>How HTTP/2 is spoken with clients that begin with its preface; null when it is not.</summary>
    public abstract Http2Limits? Http2 { get; }

    /// <summary>Whether <see cref="Http2"/> is spoken.</summary>
    public bool SpeaksHttp2 => Http2 is not null;

    /// <summary>Milliseconds a head may take (<c>client_header_timeout</c>).</summary>
    public abstract long HeaderTimeout { get; }

    /// <summary>Whether connections are to be closed when their request is done: the gateway stops, or the listener was dropped.</summary>
    public abstract bool IsDraining { get; }

    /// <summary>Milliseconds, at least 1, an idle connection waits for a last request while draining, before it is closed.</summary>
    public abstract long DrainIdleTimeout { get; }

    /// <summary>Serves a request: writes the response, logs and counts it. Never throws for what a client or server did.</summary>
    /// <returns>Whether the connection may carry another request, as far as the exchange can tell.</returns>
    public abstract ValueTask<bool> HandleAsync(HttpExchange exchange, Downstream downstream);

    /// <summary>Answers a head that was refused, logs and counts it.</summary>
    public abstract ValueTask<bool> RefuseAsync(HttpExchange exchange, Downstream downstream, HeadError error);

    /// <summary>Answers a client whose head did not arrive in time with 408, logs and counts it.</summary>
    public abstract ValueTask<bool> TimeOutAsync(HttpExchange exchange, Downstream downstream);

    /// <summary>The connection ended in the middle of a head: logs and counts it.</summary>
    public abstract void OnHeadAborted(HttpExchange exchange);

    /// <summary>An HTTP/2 connection ended with an error: logs and counts it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="fault">What the gateway made of it; None when the engine alone did.</param>
    /// <param name="code">What the client was told.</param>
    public abstract void OnHttp2Error(DownstreamConnection connection, Http2Fault fault, Http2ErrorCode code);

    /// <summary>A stream of HTTP/2 whose request was over was reset, for its client had not taken the end of the response in time: logs it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="stream">The stream.</param>
    public abstract void OnHttp2RestReset(DownstreamConnection connection, int stream);
}
