using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Infrastructure;
using Balancer.Proxy.Http2Upstream;
using Balancer.Routing;
using Balancer.Upstreams;
using Balancer.Upstreams.Connections;

namespace Balancer.Proxy;

/// <summary>What one proxied request carries from try to try. Pooled; owned by one flow of control.</summary>
internal sealed class ForwardContext
{
    /// <summary>The exchange.</summary>
    public HttpExchange Exchange { get; private set; } = null!;

    /// <summary>The client side.</summary>
    public Downstream Downstream { get; private set; } = null!;

    /// <summary>What is done with the request.</summary>
    public ProxyAction Action { get; private set; } = null!;

    /// <summary>The method sent to servers: the client's, or another one (<c>proxy_method</c>).</summary>
    public KnownMethod Method { get; set; }

    /// <summary>Whether the client's body is sent to servers.</summary>
    public bool SendsBody => Exchange.Request.HasBody && Action.Change is not { KeepsBody: false };

    /// <summary>The balancing state of the request.</summary>
    public PickContext Pick { get; } = new();

    /// <summary>The head as it is sent to upstream servers, and behind it the body of <c>proxy_set_body</c>; composed once.</summary>
    public HeadWriter Head { get; } = new();

    /// <summary>What was read of the body, kept for another try while it fits.</summary>
    public ReplayBuffer Replay { get; } = new();

    /// <summary>Sends what of the body has not arrived yet, beside the wait for the response.</summary>
    public RequestBodyPump Pump { get; } = new();

    /// <summary>Reads the head of the response.</summary>
    public Http1ResponseParser Parser { get; } = new(HeadLimits.OfSize(8192));

    /// <summary>The server of the current try.</summary>
    public UpstreamServer Server { get; set; } = null!;

    /// <summary>The connection of the current try; null while there is none.</summary>
    public UpstreamConnection? Connection { get; set; }

    /// <summary>The current try on an HTTP/2 server; null while there is none.</summary>
    public Http2Exchange? Http2 { get; set; }

    /// <summary>Whether the server of the last try has said that it did nothing with the request, so that it may be sent again whatever its method.</summary>
    public bool IsUnprocessed { get; set; }

    /// <summary>Whether a byte of the request may have reached a server.</summary>
    public bool IsRequestSent { get; set; }

    /// <summary>Whether a connection that had gone stale was already replaced for this try.</summary>
    public bool IsStaleRetried { get; set; }

    /// <summary>Whether the connection broke while the request was sent; what the server may have answered before can still be read.</summary>
    public bool IsSendBroken { get; set; }

    /// <summary>Whether a place on <see cref="Server"/> is held: from its pick until the try is settled.</summary>
    public bool HoldsPlace { get; set; }

    /// <summary>Whether the current try's response was left for the next server's.</summary>
    public bool IsPassedOver { get; set; }

    /// <summary>Watches over the waits on the upstream side: the client's guard, or one of its own when a client that goes away changes nothing.</summary>
    public IoGuard Guard { get; private set; } = null!;

    /// <summary>What the body pump failed with, while it runs beside the wait for the response.</summary>
    public ProxyError PumpError { get; set; }

    /// <summary>Stopwatch timestamp at which the current try began.</summary>
    public long AttemptStart { get; set; }

    /// <summary>Clock milliseconds at which the first try began (<c>proxy_next_upstream_timeout</c>).</summary>
    public long StartedAt { get; private set; }

    /// <summary>Milliseconds between two reads of the request's body (<c>client_body_timeout</c>).</summary>
    public long BodyTimeout { get; private set; }

    /// <summary>Why the response's head was refused.</summary>
    public HeadError HeadError { get; set; }

    /// <summary>Whether nobody waits for the response any more, and that ends the exchange.</summary>
    public bool IsAbandoned => (!Action.IgnoreClientAbort && Downstream.IsGone) || Downstream.IsCut;

    /// <summary>Why <see cref="IsAbandoned"/>.</summary>
    public ProxyError Abandonment => Downstream.IsCut ? ProxyError.GatewayShutdown : ProxyError.ClientAborted;

    /// <summary>Why the response could not be written to the client.</summary>
    public ProxyError DownstreamFailure =>
        Downstream.SendPace.IsTooSlow ? ProxyError.ClientTooSlow
        : !Downstream.SendPace.HasExpired && (Downstream.IsCut || Downstream.IsGone) ? Abandonment
        : ProxyError.ClientStalled;

    /// <summary>Binds the context to a request.</summary>
    public void Begin(HttpExchange exchange, Downstream downstream, Location location, ProxyAction action, IoGuard guard, long now)
    {
        Exchange = exchange;
        Downstream = downstream;
        Action = action;
        Method = exchange.Request.KnownMethod;
        Guard = guard;
        StartedAt = now;
        BodyTimeout = location.Limits.BodyTimeout;
        Pick.Client = exchange.Client;
        Parser.Limits = action.ResponseLimits;
        Replay.Limit = action.BodyBufferSize;
    }

    /// <summary>Starts a try on a server.</summary>
    public void BeginTry(UpstreamServer server, long timestamp)
    {
        Server = server;
        HoldsPlace = true;
        AttemptStart = timestamp;
        IsStaleRetried = false;
        IsUnprocessed = false;
        Exchange.BeginAttempt(server.AddressText);
    }

    /// <summary>Forgets what a connection has brought that did not get as far as a response, before another one is asked.</summary>
    public void ForgetResponse()
    {
        Exchange.Response.Reset();
        Parser.Reset();
        PumpError = ProxyError.None;
        IsSendBroken = false;
    }

    /// <summary>Unbinds the context.</summary>
    public void End()
    {
        Exchange = null!;
        Downstream = null!;
        Action = null!;
        Guard = null!;
        Server = null!;
        Connection = null;
        Http2 = null;
        Pick.Client = null;
        Head.Reset();
        Replay.Reset();
        IsRequestSent = false;
        IsStaleRetried = false;
        IsPassedOver = false;
        IsSendBroken = false;
        IsUnprocessed = false;
        HoldsPlace = false;
        HeadError = HeadError.None;
        Parser.Reset();
        PumpError = ProxyError.None;
    }
}
