using Balancer.Infrastructure;

namespace Balancer.Http;

/// <summary>
/// The client side of one exchange, whatever the protocol version: where the request's body comes from and the response goes.
/// The request's body may be read while the response is written; else one call at a time.
/// </summary>
internal abstract class Downstream
{
    /// <summary>Watches over the waits of the exchange. The front end interrupts it when the client goes away.</summary>
    public abstract IoGuard Guard { get; }

    /// <summary>Whether the client has closed or reset its side, so that nobody waits for the response.</summary>
    public abstract bool IsGone { get; }

    /// <summary>Whether the gateway itself has cut the connection, since it stops.</summary>
    public abstract bool IsCut { get; }

    /// <summary>Whether a head has been written, after which no other response is possible.</summary>
    public abstract bool HasResponseStarted { get; }

    /// <summary>Greatest request body in bytes (<c>client_max_body_size</c>); 0 is no limit. Counts from the next read.</summary>
    public long MaxBodySize { get; set; }

    /// <summary>Milliseconds a flush may wait for the client to read (<c>send_timeout</c>).</summary>
    public long SendTimeout { get; set; } = 60_000;

    /// <summary>How slowly the client may send its body (<c>client_body_min_rate</c>).</summary>
    public TransferPace ReceivePace { get; } = new();

    /// <summary>How slowly the client may take the response (<c>send_min_rate</c>).</summary>
    public TransferPace SendPace { get; } = new();

    /// <summary>Milliseconds an idle connection is kept for the next request (<c>keepalive_timeout</c>); 0 closes it.</summary>
    public long KeepaliveTimeout { get; set; } = 75_000;

    /// <summary>Requests one connection may carry (<c>keepalive_requests</c>).</summary>
    public long KeepaliveRequests { get; set; } = 1000;

    /// <summary>Greatest age of a connection in milliseconds (<c>keepalive_time</c>).</summary>
    public long KeepaliveTime { get; set; } = 3_600_000;

    /// <summary>Bytes written and not flushed.</summary>
    public abstract long UnflushedBytes { get; }

    /// <summary>Whether the request's body was read to its end, or there is none.</summary>
    public abstract bool IsBodyComplete { get; }

    /// <summary>The next bytes of the request's body if they are here; false when they have to be waited for.</summary>
    public abstract bool TryReadBody(out BodyRead read);

    /// <summary>Whether more has arrived than was read, so that the next read does not wait for the client; false when that is not known.</summary>
    public virtual bool HasMore() => false;

    /// <summary>The next bytes of the request's body. A client that waits for <c>100 Continue</c> gets it when nothing is here yet.</summary>
    /// <param name="guard">Watches over the wait.</param>
    /// <param name="timeout">Milliseconds (<c>client_body_timeout</c>).</param>
    public abstract ValueTask<BodyRead> ReadBodyAsync(IoGuard guard, long timeout);

    /// <summary>The trailer section of a chunked request body that was read to its end: canonical field lines; empty without one.</summary>
    public abstract ReadOnlySpan<byte> RequestTrailers { get; }

    /// <summary>
    /// Has a guard beside <see cref="Guard"/> interrupted when the gateway cuts the connection: that of an exchange which goes on when
    /// the client has gone. Null ends it; only then may the guard be given back.
    /// </summary>
    public abstract void LinkGuard(IoGuard? guard);

    /// <summary>Has the response say that the connection is closed after it. Before <see cref="EndHead"/>.</summary>
    public abstract void ForbidPersistence();

    /// <summary>Sends an interim response (103) with the fields of <see cref="HttpExchange.Response"/>, if the client's version has them.</summary>
    public abstract ValueTask<bool> SendInterimAsync(HttpExchange exchange);

    /// <summary>Starts the response's head: status line and what follows from the framing.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="status">The status code.</param>
    /// <param name="reason">The reason phrase; versions without one ignore it.</param>
    /// <param name="framing">How the body that follows is framed on the upstream side, or will be by the gateway.</param>
    /// <param name="contentLength">The body's length when known, else -1. With <see cref="BodyFraming.None"/> it is passed on when not negative (HEAD, 304).</param>
    public abstract void BeginResponse(HttpExchange exchange, int status, ReadOnlySpan<byte> reason, BodyFraming framing, long contentLength);

    /// <summary>
    /// Starts the head that agrees to another protocol, in place of <see cref="BeginResponse"/>. After it the request's body is what the client
    /// sends in that protocol, up to its end, and the response's what it gets; nothing follows on the connection (or stream).
    /// </summary>
    public abstract void BeginTunnel(HttpExchange exchange);

    /// <summary>Adds a field to the head. The caller vouches that neither name nor value holds a line end.</summary>
    public abstract void AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);

    /// <summary>Ends the head.</summary>
    public abstract void EndHead(HttpExchange exchange);

    /// <summary>Writes bytes of the body; they leave at the next flush.</summary>
    public abstract void WriteBody(HttpExchange exchange, ReadOnlySpan<byte> bytes);

    /// <summary>Ends the body.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="trailers">Canonical field lines, each with CR LF; empty for none.</param>
    public abstract void EndBody(HttpExchange exchange, ReadOnlySpan<byte> trailers);

    /// <summary>Sends what was written, and waits while the client does not read.</summary>
    /// <returns>False when the client is gone or did not read in time: nothing more can be sent.</returns>
    public abstract ValueTask<bool> FlushAsync(HttpExchange exchange);

    /// <summary>As <see cref="FlushAsync(HttpExchange)"/>, the wait watched over by a guard other than <see cref="Guard"/>: in a tunnel a client may end its side and still listen.</summary>
    public abstract ValueTask<bool> FlushAsync(HttpExchange exchange, IoGuard guard);

    /// <summary>Cuts the connection (or resets the stream), so that the client can tell the response is not complete.</summary>
    public abstract void Abort();
}
