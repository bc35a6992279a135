using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Balancer.Configuration.Values;
using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Infrastructure;
using Balancer.Routing;
using Balancer.Upstreams;
using Balancer.Upstreams.Connections;

namespace Balancer.Proxy;

/// <summary>Passes a response on to the client: the head in one piece, the body as it comes, never more of it than the client takes.</summary>
internal static class ResponseRelay
{
    private const int FlushThreshold = 32 * 1024;

    /// <summary>Relays the response whose head was read. The connection is kept or closed, the try settled.</summary>
    /// <returns>None when the client has the whole response; else why it broke off.</returns>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    public static async ValueTask<ProxyError> RelayAsync(ForwardContext context, Location location, UpstreamConnection connection, GatewayServices services)
    {
        var exchange = context.Exchange;
        var downstream = context.Downstream;
        var response = exchange.Response;
        var framing = response.Framing(context.Method);
        if (framing != BodyFraming.None && exchange.Request.KnownMethod == KnownMethod.Head)
        {
            return await RelayHeadAsync(context, location, connection, services);
        }

        WriteHead(context, location, framing, services);
        var body = connection.Body;
        body.Begin(framing, response.ContentLength);
        var upstreamError = ProxyError.None;
        var downstreamError = ProxyError.None;
        while (!body.IsComplete)
        {
            // What is at hand is passed on before anything is waited for: a server may send events one by one.
            var isHere = body.TryRead(out var read);
            if (downstreamError == ProxyError.None
                && downstream.UnflushedBytes > 0
                && (downstream.UnflushedBytes >= FlushThreshold || !(isHere || connection.HasMore()))
                && !await downstream.FlushAsync(exchange))
            {
                downstreamError = context.DownstreamFailure;
                if (!context.Action.IgnoreClientAbort)
                {
                    break;
                }
            }

            if (!isHere)
            {
                read = await body.ReadAsync(context.Guard, context.Action.ReadTimeout);
            }

            upstreamError = Failure(context, read.Status);
            if (upstreamError != ProxyError.None)
            {
                break;
            }

            exchange.CurrentAttempt.BytesReceived += read.Data.Length;
            exchange.CurrentAttempt.ResponseLength += read.Data.Length;
            if (downstreamError == ProxyError.None)
            {
                foreach (var segment in read.Data)
                {
                    downstream.WriteBody(exchange, segment.Span);
                }
            }
        }

        var isWhole = body.IsComplete && upstreamError == ProxyError.None;
        if (isWhole && downstreamError == ProxyError.None)
        {
            EndBody(context, location, body);
        }

        var error = upstreamError != ProxyError.None ? upstreamError : downstreamError;
        await ReleaseAsync(context, connection, framing, isWhole, error, services);
        return await EndAsync(context, error);
    }

    /// <summary>Relays the head alone: the client's HEAD went to the server as another method.</summary>
    private static async ValueTask<ProxyError> RelayHeadAsync(ForwardContext context, Location location, UpstreamConnection connection, GatewayServices services)
    {
        WriteHead(context, location, BodyFraming.None, services);
        context.Downstream.EndBody(context.Exchange, default);
        await DiscardAsync(context, connection, services);
        return await EndAsync(context, ProxyError.None);
    }

    /// <summary>Sends what is left, or has the client see that the response is not whole.</summary>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private static async ValueTask<ProxyError> EndAsync(ForwardContext context, ProxyError error)
    {
        if (error == ProxyError.None && !await context.Downstream.FlushAsync(context.Exchange))
        {
            error = context.DownstreamFailure;
        }

        if (error == ProxyError.None)
        {
            context.Exchange.Completed = true;
        }
        else
        {
            context.Downstream.Abort();
        }

        return error;
    }

    /// <summary>Writes the head the client gets.</summary>
    public static void WriteHead(ForwardContext context, Location location, BodyFraming framing, GatewayServices services)
    {
        var exchange = context.Exchange;
        var downstream = context.Downstream;
        var response = exchange.Response;
        framing = ResponseTrailers.Framing(exchange, location, exchange.Uri.KeptStatus == 0 ? response.Status : exchange.Uri.KeptStatus, framing);
        if (exchange.Uri.KeptStatus == 0)
        {
            downstream.BeginResponse(exchange, response.Status, response.Reason, framing, LacksBody(context) ? 0 : response.ContentLength);
        }
        else
        {
            BeginErrorPage(exchange, downstream, framing);
        }

        ExpiresValue value = default;
        var expires = location.Expires is { } setting && setting.TryDecide(exchange, exchange.Status, out value) ? setting : null;
        var hasDate = ResponseFields.Copy(exchange, downstream, expires is null ? context.Action.HiddenFields : context.Action.HiddenWithExpires, context.Action.Rewriting, services.Log);
        if (!hasDate)
        {
            // RFC 9110 section 6.6.1: a recipient with a clock adds it.
            downstream.AddField("Date"u8, services.WallClock.HttpDate);
        }

        expires?.AddTo(downstream, value, response.LastModified());
        LocalResponse.AddFields(exchange, downstream, location);
        context.Action.Sticky?.AddTo(exchange, downstream, context.Server);
        downstream.EndHead(exchange);
    }

    /// <summary>Whether the response ends with its head for the server alone, which was asked by HEAD when the client was not.</summary>
    private static bool LacksBody(ForwardContext context) =>
        context.Method == KnownMethod.Head && context.Exchange.Request.KnownMethod != KnownMethod.Head && context.Exchange.Response.Status is >= 200 and not (204 or 304);

    /// <summary>Ends the exchange with a server whose response is not passed on. What is here of its body is read, so that most connections are kept.</summary>
    public static async ValueTask DiscardAsync(ForwardContext context, UpstreamConnection connection, GatewayServices services)
    {
        var exchange = context.Exchange;
        var framing = exchange.Response.Framing(context.Method);
        var body = connection.Body;
        body.Begin(framing, exchange.Response.ContentLength);
        while (!body.IsComplete && body.TryRead(out var read) && read.Status is BodyStatus.Data or BodyStatus.End)
        {
            exchange.CurrentAttempt.BytesReceived += read.Data.Length;
            exchange.CurrentAttempt.ResponseLength += read.Data.Length;
        }

        await ReleaseAsync(context, connection, framing, body.IsComplete, ProxyError.None, services);
    }

    /// <summary>Starts the head of a response that answers for another one, with the status of that.</summary>
    private static void BeginErrorPage(HttpExchange exchange, Downstream downstream, BodyFraming framing)
    {
        var response = exchange.Response;
        var status = exchange.Uri.KeptStatus;

        // A status of ours has a body where a 204 or 304 has none: its end must be told.
        var length = framing == BodyFraming.None && exchange.Request.KnownMethod != KnownMethod.Head ? 0 : response.ContentLength;
        downstream.BeginResponse(exchange, status, ReasonPhrases.Of(status), framing, length);
    }

    private static void EndBody(ForwardContext context, Location location, Http1BodyReader body)
    {
        var areAdded = ResponseTrailers.AreExpected(context.Exchange, location);
        if (body.Trailers is null && !areAdded)
        {
            context.Downstream.EndBody(context.Exchange, default);
            return;
        }

        var lines = WorkerPool<HeadWriter>.Rent();
        body.Trailers?.WriteTo(lines);
        if (areAdded)
        {
            WriteAddedTrailers(context, location, lines);
        }

        context.Downstream.EndBody(context.Exchange, lines.Written);
        lines.Reset();
        WorkerPool<HeadWriter>.Return(lines);
    }

    /// <summary>Writes the trailers of <c>add_trailer</c>, which may tell how long the response took.</summary>
    public static void WriteAddedTrailers(ForwardContext context, Location location, HeadWriter lines)
    {
        context.Exchange.CurrentAttempt.ResponseTicks = Stopwatch.GetTimestamp() - context.AttemptStart;
        ResponseTrailers.Write(context.Exchange, location, lines);
    }

    private static ProxyError Failure(ForwardContext context, BodyStatus status) => status switch
    {
        BodyStatus.Data or BodyStatus.End => ProxyError.None,
        _ when context.IsAbandoned => context.Abandonment,
        BodyStatus.TimedOut => ProxyError.UpstreamBodyTimeout,
        _ => ProxyError.UpstreamTruncated,
    };

    /// <summary>Lets go of the upstream side before the client has taken the rest: a slow client holds no upstream connection.</summary>
    private static async ValueTask ReleaseAsync(ForwardContext context, UpstreamConnection connection, BodyFraming framing, bool isWhole, ProxyError error, GatewayServices services)
    {
        var isSent = await context.Pump.StopAsync();
        var isReusable = isWhole
            && isSent
            && context.Exchange.Response.KeepAlive
            && framing != BodyFraming.UntilClose
            && context.Action.ProxyProtocolVersion == 0
            && !context.IsSendBroken;
        connection.Body.Release();
        context.Connection = null;
        if (isReusable)
        {
            context.Action.Upstream.State.IdleConnections.Put(connection);
        }
        else
        {
            connection.Close(abort: !isWhole);
        }

        // As in nginx a response that breaks off within its body is no failure of the server's health, but it is counted.
        var isServersResult = error == ProxyError.None || ProxyErrors.IsUpstreams(error);
        Forwarder.Settle(context, isServersResult ? PickOutcome.Success : PickOutcome.NoFault, isServersResult ? error : ProxyError.None);
    }
}
