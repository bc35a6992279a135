using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Infrastructure;
using Balancer.Observability.Tracing;
using Balancer.Proxy.Http2Upstream;
using Balancer.Routing;
using Balancer.Upstreams;
using Balancer.Upstreams.Connections;

namespace Balancer.Proxy;

/// <summary>
/// Takes a request to an upstream server and its response back, trying further servers as <c>proxy_next_upstream</c> allows.
/// <code>
///   pick ─► connect or reuse ─► send head, body ─► read head ─► relay ─► settle
///    ▲                                                 │
///    └──────────────── next server ◄── failed, may be repeated, tries left
/// </code>
/// </summary>
internal sealed class Forwarder(GatewayServices services)
{
    private readonly GatewayServices _services = services;
    private readonly UpstreamDialer _dialer = new(services);

    /// <summary>Forwards the request; the exchange tells afterwards what became of it.</summary>
    /// <returns>None when a response was relayed, whole or not; else what the client is to be told.</returns>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    public async ValueTask<ProxyError> ForwardAsync(HttpExchange exchange, Downstream downstream, Location location, ProxyAction action, bool isTrusted)
    {
        var context = WorkerPool<ForwardContext>.Rent();
        Begin(context, exchange, downstream, location, action);
        ProxyError error;
        try
        {
            error = RequestHeadComposer.Compose(exchange, action, isTrusted, context.Head) ? ProxyError.None : ProxyError.ClientMalformed;
            if (action.Change is { } change && error == ProxyError.None)
            {
                error = await ApplyAsync(context, change);
            }

            if (error == ProxyError.None)
            {
                SetHashKey(context);
                if (action.Sticky is { } sticky)
                {
                    context.Pick.SetSession(sticky.Read(exchange.Request));
                }

                action.Upstream.Begin(context.Pick, action.NextUpstreamTries);
                error = await TryServersAsync(context, location);
            }

            if ((error != ProxyError.None || exchange.Uri.InterceptedStatus != 0) && location.ErrorPages is not null)
            {
                exchange.Uri.KeepBody(context.Replay.Written, context.Replay.IsWhole);
            }
        }
        catch
        {
            // A fault of ours: server and connection must not stay taken for ever.
            await DropAsync(context, abort: true);
            Settle(context, PickOutcome.NoFault, ProxyError.GatewayFault);
            End(context);
            throw;
        }

        End(context);
        return error;
    }

    private void Begin(ForwardContext context, HttpExchange exchange, Downstream downstream, Location location, ProxyAction action)
    {
        if (exchange.Uri.IsInternal)
        {
            // What an error page took the place of.
            exchange.Response.Reset();
            exchange.Uri.InterceptedStatus = 0;
        }

        exchange.ProxyHost = action.Host;
        exchange.ProxyPort = action.Port;
        var guard = downstream.Guard;
        if (action.IgnoreClientAbort)
        {
            guard = _services.Guards.Rent();
            downstream.LinkGuard(guard);
        }

        context.Begin(exchange, downstream, location, action, guard, _services.Clock.Milliseconds);
        if (exchange.Uri.BodyRead is { } body && exchange.Request.HasBody)
        {
            context.Replay.Append(new ReadOnlySequence<byte>(body));
        }
    }

    /// <summary>What follows from a head that is not as the client's: how responses end, and what becomes of the client's body.</summary>
    private static ValueTask<ProxyError> ApplyAsync(ForwardContext context, RequestChange change)
    {
        if (change.Method is not null)
        {
            var head = context.Head.Written;
            var method = head[..head.IndexOf((byte)' ')];
            context.Method = RequestLine.KnownMethodOf(method);
            if (context.Action.IsHttp2 && !Http2RequestMessage.KeepsMethod(method))
            {
                return new ValueTask<ProxyError>(ProxyError.ClientMalformed);
            }
        }

        return change.KeepsBody || context.Downstream.IsBodyComplete ? default : RequestSender.ReadAwayAsync(context);
    }

    private void End(ForwardContext context)
    {
        if (context.Action.IgnoreClientAbort)
        {
            context.Downstream.LinkGuard(null);
            _services.Guards.Return(context.Guard);
        }

        context.End();
        WorkerPool<ForwardContext>.Return(context);
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<ProxyError> TryServersAsync(ForwardContext context, Location location)
    {
        var exchange = context.Exchange;
        var upstream = context.Action.Upstream;
        while (true)
        {
            var server = upstream.Pick(context.Pick) ?? await WaitInQueueAsync(context);
            if (server is null)
            {
                return context.IsAbandoned ? context.Abandonment : NoServer(context);
            }

            context.BeginTry(server, Stopwatch.GetTimestamp());
            if (exchange.Trace.IsInjected || exchange.Trace.Span is not null)
            {
                AttemptSpan.Begin(exchange, context.AttemptStart);
                RequestHeadComposer.TellTrace(exchange, context.Head);
            }

            var error = await (context.Action.IsHttp2 ? TryHttp2ServerAsync(context, location) : TryServerAsync(context, location));
            if (error == ProxyError.None)
            {
                if (!context.IsPassedOver)
                {
                    return ProxyError.None;
                }

                context.IsPassedOver = false;
                server.State.Metrics.Retries.Increment();
                continue;
            }

            exchange.CurrentAttempt.Error = error;
            Settle(context, ProxyErrors.Outcome(error), error);
            if (ProxyErrors.IsClients(error) || error == ProxyError.GatewayShutdown)
            {
                return error;
            }

            exchange.CurrentAttempt.Status = ProxyErrors.Status(error);
            _services.Log.AttemptFailed(upstream.Name, server, error, exchange);
            if (context.Pick.TriesLeft == 0 || !RetryPolicy.MayTryNext(context, ProxyErrors.Condition(error), _services.Clock.Milliseconds))
            {
                return error;
            }

            server.State.Metrics.Retries.Increment();
        }
    }

    /// <summary>One try: until the response was relayed (None), or failed before any of it was passed on.</summary>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<ProxyError> TryServerAsync(ForwardContext context, Location location)
    {
        while (true)
        {
            var error = await _dialer.ConnectAsync(context);
            if (error != ProxyError.None)
            {
                return error;
            }

            var connection = context.Connection!;
            error = RequestSender.Send(context, connection, _services);
            if (error == ProxyError.None)
            {
                error = await ResponseHeadReader.ReadAsync(context, connection);
            }

            if (error == ProxyError.None)
            {
                return await FinishAsync(context, location, connection);
            }

            await DropAsync(context, abort: true);
            context.ForgetResponse();
            if (!IsStale(error, connection.IsReused, context))
            {
                return error;
            }

            // The server had closed the idle connection: nobody's fault, and a fresh one tells whether it is alive.
            context.IsStaleRetried = true;
        }
    }

    /// <summary>One try on an HTTP/2 server, with the same outcome.</summary>
    private async ValueTask<ProxyError> TryHttp2ServerAsync(ForwardContext context, Location location)
    {
        while (true)
        {
            context.IsUnprocessed = false;
            var upstream = context.Http2 = new Http2Exchange(context, UpstreamDialer.Http2TargetOf(context), _services);
            var error = await upstream.SendAsync();
            if (error == ProxyError.None)
            {
                return await FinishAsync(context, location, null);
            }

            await DropAsync(context, abort: true);
            context.ForgetResponse();
            if (!IsStale(error, upstream.IsReused, context))
            {
                return error;
            }

            context.IsStaleRetried = true;
        }
    }

    /// <summary>Lets go of the connection or stream of a try whose response is not passed on.</summary>
    private static async ValueTask DropAsync(ForwardContext context, bool abort)
    {
        if (context.Http2 is { } upstream)
        {
            context.Http2 = null;
            await upstream.DisposeAsync();
            return;
        }

        await context.Pump.StopAsync();
        context.Connection?.Close(abort);
        context.Connection = null;
    }

    /// <summary>A head has arrived: passes the response on, or leaves it for the next server's.</summary>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<ProxyError> FinishAsync(ForwardContext context, Location location, UpstreamConnection? connection)
    {
        var exchange = context.Exchange;
        var status = exchange.Response.Status;
        exchange.CurrentAttempt.Status = status;
        exchange.CurrentAttempt.HeaderTicks = Stopwatch.GetTimestamp() - context.AttemptStart;
        if (exchange.Request.IsExtendedConnect && status is >= 200 and < 300)
        {
            return await RefuseConsentAsync(context);
        }

        var condition = ProxyErrors.Condition(status);
        if (condition != NextUpstreamConditions.None
            && context.Pick.TriesLeft > 1
            && RetryPolicy.MayTryNext(context, condition, _services.Clock.Milliseconds))
        {
            await DropAsync(context, abort: false);
            context.IsPassedOver = true;
            context.Server.State.Metrics.Failures(UpstreamFailure.Status).Increment();
            Settle(context, status is 403 or 404 ? PickOutcome.Success : PickOutcome.Failed, ProxyError.None);
            context.ForgetResponse();
            return ProxyError.None;
        }

        if (ErrorAnswer.Intercepts(exchange, location, status))
        {
            await InterceptAsync(context, connection);
            return ProxyError.None;
        }

        var error = connection is null ? await Http2Relay.RelayAsync(context, location, context.Http2!, _services)
            : status == 101 ? await UpgradeTunnel.RunAsync(context, location, connection, _services)
            : await ResponseRelay.RelayAsync(context, location, connection, _services);
        if (error != ProxyError.None)
        {
            exchange.Error = error;
            exchange.CurrentAttempt.Error = error;
            if (ProxyErrors.IsClients(error))
            {
                _services.Log.ClientFailed(error, exchange);
            }
            else
            {
                _services.Log.ResponseBroken(context.Action.Upstream.Name, context.Server, error, exchange);
            }
        }

        return ProxyError.None;
    }

    /// <summary>
    /// A server without WebSockets at that path answers with a page, which to the client of an extended CONNECT would be the agreement
    /// (RFC 8441 section 5). The server is no worse for it: else clients could have servers ejected.
    /// </summary>
    private static async ValueTask<ProxyError> RefuseConsentAsync(ForwardContext context)
    {
        await DropAsync(context, abort: true);
        Settle(context, PickOutcome.Success, ProxyError.UpstreamMalformed);
        context.ForgetResponse();
        return ProxyError.UpstreamMalformed;
    }

    /// <summary>Leaves the response for an error page. Its head stays, for the page may tell of it.</summary>
    private async ValueTask InterceptAsync(ForwardContext context, UpstreamConnection? connection)
    {
        var exchange = context.Exchange;
        exchange.Uri.InterceptedStatus = exchange.Response.Status;
        if (exchange.Response.Status == 401)
        {
            ResponseFields.KeepChallenges(exchange);
        }

        if (connection is not null)
        {
            await ResponseRelay.DiscardAsync(context, connection, _services);
            return;
        }

        await DropAsync(context, abort: true);
        Settle(context, PickOutcome.Success, ProxyError.None);
    }

    /// <summary>Ends the try: gives the place on the server back and counts. Once per try; later calls do nothing.</summary>
    public static void Settle(ForwardContext context, PickOutcome outcome, ProxyError error)
    {
        if (!context.HoldsPlace)
        {
            return;
        }

        context.HoldsPlace = false;
        ref var attempt = ref context.Exchange.CurrentAttempt;
        attempt.ResponseTicks = Stopwatch.GetTimestamp() - context.AttemptStart;
        var server = context.Server;
        var metrics = server.State.Metrics;
        metrics.CountRequest(attempt.Status);
        metrics.BytesSent.Add(attempt.BytesSent);
        metrics.BytesReceived.Add(attempt.BytesReceived);

        if (error != ProxyError.None)
        {
            metrics.CountFailure(error);
        }
        else if (attempt.Status != 101)
        {
            metrics.ResponseTime.Record(attempt.ResponseTicks);
        }

        // How long a failed try ran still counts for the requests beside it (least_time ... inflight); how long two others talk in a tunnel
        // says nothing about the server.
        if (context.Exchange.Trace.Attempt is not null)
        {
            AttemptSpan.End(context.Exchange, context.Action.Upstream.Name, server.Address, context.Head.Written, context.Action.Tls is not null, context.Action.IsHttp2, error);
        }

        var timing = attempt.Status == 101 ? PickTiming.None : new PickTiming(error == ProxyError.None ? attempt.HeaderTicks : -1, attempt.ResponseTicks);
        context.Action.Upstream.Release(server, context.Pick, outcome, timing);
    }

    private static bool IsStale(ProxyError error, bool isReused, ForwardContext context) =>
        error is ProxyError.UpstreamReset or ProxyError.UpstreamWriteFailed
        && isReused
        && !context.IsStaleRetried
        && context.Exchange.CurrentAttempt.BytesReceived == 0
        && !context.IsAbandoned
        && RetryPolicy.MayRepeat(context);

    private static ValueTask<UpstreamServer?> WaitInQueueAsync(ForwardContext context) =>
        context.Pick.Failure == PickFailure.AllBusy && context.Action.Upstream.HasQueue && !context.IsAbandoned
            ? AwaitQueueAsync(context, context.Action.Upstream)
            : default;

    private static async ValueTask<UpstreamServer?> AwaitQueueAsync(ForwardContext context, Upstream upstream)
    {
        var waiting = upstream.WaitAsync(context.Pick);
        context.Guard.BeginWait(context.Pick.Wait, (long)upstream.Config.Queue!.Timeout.TotalMilliseconds);
        var server = await waiting;
        if (context.Guard.Expired && context.Pick.Failure == PickFailure.Interrupted)
        {
            upstream.State.Queue.Timeouts.Increment();
        }

        context.Guard.End();
        return server;
    }

    private ProxyError NoServer(ForwardContext context)
    {
        var error = context.Pick.Failure is PickFailure.QueueFull or PickFailure.Interrupted ? ProxyError.GatewayQueueTimeout : ProxyError.GatewayNoLiveUpstream;
        var exchange = context.Exchange;
        ref var attempt = ref exchange.BeginAttempt(context.Action.Host);
        attempt.Status = 502;
        attempt.Error = error;
        attempt.ResponseTicks = 0;
        _services.Log.NoServer(context.Action.Upstream.Name, error, exchange);
        return error;
    }

    private static void SetHashKey(ForwardContext context)
    {
        if (context.Action.HashKey is not { } key)
        {
            return;
        }

        var scratch = WorkerPool<HeadWriter>.Rent();
        key.Write(context.Exchange, scratch);
        context.Pick.SetKey(scratch.Written);
        scratch.Reset();
        WorkerPool<HeadWriter>.Return(scratch);
    }
}
