using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Http.Http2;
using Balancer.Infrastructure;
using Balancer.Observability.Tracing;
using Balancer.Proxy.Http2Upstream;
using Balancer.Rewriting.Cors;
using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>
/// The way of a request, one room after another:
/// <code>
///   accept ─► HTTP/1.1 loop ─► routing ─► limits ─► answer, or balancing ─► upstream connection ─► relay ─► log
/// </code>
/// </summary>
internal sealed class ProxyPipeline
{
    private readonly GatewayServices _services;
    private readonly Forwarder _forwarder;
    private readonly FileResponder _files;
    private readonly AccessPhase _access;

    /// <param name="services">What all requests share.</param>
    public ProxyPipeline(GatewayServices services)
    {
        _services = services;
        _forwarder = new Forwarder(services);
        _files = new FileResponder(services);
        _access = new AccessPhase(services, new AuthSubrequest(services, _forwarder, _files));
    }

    /// <summary>Serves a request whose head is complete and valid.</summary>
    /// <returns>Whether the connection may carry another one.</returns>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    public async ValueTask<bool> HandleAsync(HttpExchange exchange, Downstream downstream, ListenerRoutes routes)
    {
        routes.Requests.Enter();
        var location = routes.Servers.Default.Fallback;
        Location? counted = null;
        bool persists;
        try
        {
            var route = RequestRouter.Find(exchange, routes.Servers, _services.Log);
            while (true)
            {
                location = route.Location;
                var isFirst = counted is null;
                counted ??= location;
                var isTrusted = IdentifyClient(exchange, location);
                location.Limits.ApplyTo(downstream);
                exchange.KeepsSentHead = location.KeepsSentHead;
                if (isFirst && location.Tracing is { } tracing)
                {
                    tracing.Begin(exchange);
                }

                if (isFirst && location.Cors is { } cors && IsPreflight(exchange, cors) && route.Status is 0 or 404)
                {
                    persists = await ReturnAsync(exchange, downstream, location, ReturnAction.NoContent);
                }
                else if (route.Status != 0 && (route.Status != 404 || location.IsInternal))
                {
                    persists = await AnswerAsync(exchange, downstream, route);
                }
                else if (exchange.Request.IsExtendedConnect && route.Status == 0 && location is { Proxy: null or { IsHttp2: true } or { Change.AllowsUpgrade: false }, Return: not { Status: >= 300 } })
                {
                    // A 2xx of our own would read as the agreement to a tunnel; and none leads to a server by HTTP/2.
                    persists = await AnswerAsync(exchange, downstream, new RouteResult(location, 501));
                }
                else if (location.Return is { } answer && !route.SkipsReturn)
                {
                    persists = await ReturnAsync(exchange, downstream, location, answer);
                }
                else if (location.TrafficLimits is { } limits && await limits.EnterAsync(exchange, downstream) is { IsPassed: false } limited)
                {
                    persists = limited.Error == ProxyError.None
                        ? await AnswerAsync(exchange, downstream, new RouteResult(location, limited.Status))
                        : await FailAsync(exchange, downstream, location, limited.Error);
                }
                else if (location.AccessOf(exchange.Request) is { } access && await _access.CheckAsync(exchange, downstream, location, access, isTrusted) is not 0 and var refusal)
                {
                    persists = refusal > 0
                        ? await AnswerAsync(exchange, downstream, new RouteResult(location, refusal))
                        : await FailAsync(exchange, downstream, location, (ProxyError)(-refusal));
                }
                else if (route.Status != 0)
                {
                    // As in nginx only those who may ask learn that there is no such location.
                    persists = await AnswerAsync(exchange, downstream, route);
                }
                else if (location.Monitor is { } monitor)
                {
                    MonitorResponder.Write(exchange, downstream, location, monitor, _services);
                    persists = exchange.Completed = await downstream.FlushAsync(exchange);
                }
                else if (IsBodyTooLarge(exchange, location))
                {
                    persists = await FailAsync(exchange, downstream, location, ProxyError.ClientBodyTooLarge);
                }
                else if (location.Files is { } files)
                {
                    persists = await _files.ServeAsync(exchange, downstream, location, files);
                }
                else if (location.Proxy is null)
                {
                    // No rule led away from a location that does nothing but rewrite.
                    persists = await AnswerAsync(exchange, downstream, new RouteResult(location, 404));
                }
                else if (location.Proxy is { IsHttp2: true, Change: null or { Method: null } } && !Http2RequestMessage.KeepsMethod(exchange.Request))
                {
                    persists = await AnswerAsync(exchange, downstream, new RouteResult(location, 501));
                }
                else
                {
                    var error = await _forwarder.ForwardAsync(exchange, downstream, location, location.Proxy, isTrusted);
                    persists = error != ProxyError.None ? await FailAsync(exchange, downstream, location, error)
                        : exchange.Uri.InterceptedStatus is not 0 and var intercepted ? await AnswerAsync(exchange, downstream, new RouteResult(location, intercepted))
                        : exchange.Completed;
                }

                if (!exchange.Uri.TakeRedirect())
                {
                    break;
                }

                route = RequestRouter.FindAgain(exchange, location, _services.Log);
            }
        }
        catch (Exception e)
        {
            // The last line: a fault of ours must not take the connection loop, let alone the daemon, with it.
            _services.Log.Fault(e);
            await FailInternallyAsync(exchange, downstream);
            persists = false;
        }
        finally
        {
            exchange.HeldPlaces.GiveBack();
        }

        Finish(exchange, counted ?? location, location);
        routes.Requests.Leave();
        return persists;
    }

    /// <summary>Answers a request that was refused before it could be routed.</summary>
    public async ValueTask<bool> RefuseAsync(HttpExchange exchange, Downstream downstream, VirtualServer server, int status, ProxyError error, HeadError headError)
    {
        exchange.ServerName = server.Name;
        exchange.Error = error;
        server.Fallback.Limits.ApplyTo(downstream);
        if (headError != HeadError.None)
        {
            _services.Counters.Malformed(headError).Increment();
        }

        _services.Log.RequestRefused(headError, status, exchange);
        var location = server.Fallback;
        if (ErrorAnswer.Write(exchange, downstream, location, status, _services.WallClock, HeadErrors.Detail(headError)))
        {
            exchange.Completed = await downstream.FlushAsync(exchange);
        }
        else
        {
            location = await AnswerRefusedAsync(exchange, downstream, server.Fallback, status);
        }

        Finish(exchange, server.Fallback, location);
        return false;
    }

    /// <summary>Notes a request whose client went away in the middle of the head.</summary>
    public void Abandon(HttpExchange exchange, VirtualServer server)
    {
        exchange.ServerName = server.Name;
        exchange.Error = ProxyError.ClientAborted;
        Finish(exchange, server.Fallback, server.Fallback);
    }

    /// <summary>Notes an HTTP/2 connection that ended with an error.</summary>
    public void NoteHttp2Error(DownstreamConnection connection, Http2Fault fault, Http2ErrorCode code)
    {
        _services.Counters.Http2.Count(fault, code);
        _services.Log.Http2Error(connection.Peer, fault, code);
    }

    /// <summary>Notes a stream that was reset since its client did not take the end of a response.</summary>
    public void NoteHttp2RestReset(DownstreamConnection connection, int stream) => _services.Log.Http2RestReset(connection.Peer, stream);

    /// <summary>
    /// Answers a request whose head was refused by its error page: by a text or a file of ours. What was refused is not sent on to others.
    /// </summary>
    /// <returns>The location that answered.</returns>
    private async ValueTask<Location> AnswerRefusedAsync(HttpExchange exchange, Downstream downstream, Location fallback, int status)
    {
        exchange.Uri.TakeRedirect();
        var route = RequestRouter.FindAgain(exchange, fallback, _services.Log);
        var location = route.Location;
        switch (route)
        {
            case { Status: 0, Location.Return: { Status: not 444, IsRedirect: false } answer }:
                LocalResponse.WriteReturn(exchange, downstream, answer, location, _services.WallClock);
                exchange.Completed = await downstream.FlushAsync(exchange);
                break;
            case { Status: 0, Location: { Return: null, Files: { } files } } when exchange.Request.KnownMethod is KnownMethod.Get or KnownMethod.Head:
                await _files.ServeAsync(exchange, downstream, location, files);
                break;
            default:
                exchange.Uri.KeptStatus = 0;
                LocalResponse.WriteError(exchange, downstream, status, location, _services.WallClock);
                exchange.Completed = await downstream.FlushAsync(exchange);
                break;
        }

        return location;
    }

    private static bool IdentifyClient(HttpExchange exchange, Location location)
    {
        if (location.RealIp is not { } realIp)
        {
            return false;
        }

        var connection = exchange.Connection;
        exchange.Client = connection.LastClient = realIp.Resolve(exchange.Request, connection, connection.LastClient);
        return realIp.IsTrusted(connection.Peer);
    }

    /// <summary>Adds the fields of <c>cors</c> to the response that will be.</summary>
    /// <returns>Whether the request is a preflight, which nobody but the gateway answers.</returns>
    private bool IsPreflight(HttpExchange exchange, CorsPolicy cors)
    {
        try
        {
            return cors.Apply(exchange);
        }
        catch (RegexMatchTimeoutException e)
        {
            // An origin that could not be told to be allowed is none.
            _services.Log.ExpressionGivenUp(e.Pattern, exchange);
            return false;
        }
    }

    private static bool IsBodyTooLarge(HttpExchange exchange, Location location) =>
        location.Limits.MaxBodySize > 0 && exchange.Request.ContentLength > location.Limits.MaxBodySize;

    private async ValueTask<bool> AnswerAsync(HttpExchange exchange, Downstream downstream, RouteResult route)
    {
        if (route.Status == 444)
        {
            return CloseUnanswered(exchange, downstream);
        }

        if (route.Url is { } url)
        {
            LocalResponse.WriteRedirect(exchange, downstream, route.Status, url, route.Location, _services.WallClock);
        }
        else if (route.RedirectPath is { } path)
        {
            LocalResponse.WriteSlashRedirect(exchange, downstream, path, route.Location, _services.WallClock);
        }
        else if (!ErrorAnswer.Write(exchange, downstream, route.Location, route.Status, _services.WallClock, route.Detail))
        {
            return true;
        }

        return exchange.Completed = await downstream.FlushAsync(exchange);
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReturnAsync(HttpExchange exchange, Downstream downstream, Location location, ReturnAction answer)
    {
        if (answer.Status == 444)
        {
            return CloseUnanswered(exchange, downstream);
        }

        if (!answer.IsBareError)
        {
            LocalResponse.WriteReturn(exchange, downstream, answer, location, _services.WallClock);
        }
        else if (!ErrorAnswer.Write(exchange, downstream, location, answer.Status, _services.WallClock))
        {
            return true;
        }

        return exchange.Completed = await downstream.FlushAsync(exchange);
    }

    /// <summary>nginx's status 444.</summary>
    private static bool CloseUnanswered(HttpExchange exchange, Downstream downstream)
    {
        exchange.Status = 444;
        downstream.Abort();
        return false;
    }

    private async ValueTask<bool> FailAsync(HttpExchange exchange, Downstream downstream, Location location, ProxyError error)
    {
        exchange.Error = error;
        if (ProxyErrors.IsClients(error))
        {
            _services.Log.ClientFailed(error, exchange);
        }

        if (error is ProxyError.ClientAborted or ProxyError.GatewayShutdown)
        {
            exchange.Status = ProxyErrors.Status(error);
            downstream.Abort();
            return false;
        }

        if (ProxyErrors.IsClients(error))
        {
            // What is left of a body that broke a rule must not be read as the next request.
            downstream.ForbidPersistence();
        }

        var status = ProxyErrors.Status(error);
        if (GrpcResponse.IsExpected(exchange, location))
        {
            GrpcResponse.Write(exchange, downstream, status, location, _services.WallClock);
        }
        else if (!ErrorAnswer.Write(exchange, downstream, location, status, _services.WallClock))
        {
            return true;
        }

        return exchange.Completed = await downstream.FlushAsync(exchange);
    }

    private async ValueTask FailInternallyAsync(HttpExchange exchange, Downstream downstream)
    {
        exchange.Error = ProxyError.GatewayFault;
        if (downstream.HasResponseStarted)
        {
            downstream.Abort();
            return;
        }

        downstream.ForbidPersistence();
        LocalResponse.WriteError(exchange, downstream, 500, null, _services.WallClock);
        exchange.Completed = await downstream.FlushAsync(exchange);
    }

    /// <summary>Counts a request where it was first led to, and logs it where it was answered.</summary>
    private void Finish(HttpExchange exchange, Location counted, Location location)
    {
        exchange.EndTimestamp = System.Diagnostics.Stopwatch.GetTimestamp();
        if (exchange.Error == ProxyError.ClientAborted)
        {
            exchange.Status = 499;
        }

        _services.Counters.Count(exchange, counted.Metrics);
        if (counted.Tracing is { } tracing)
        {
            GatewaySpan.End(exchange, tracing, counted.Name);
        }

        foreach (var log in location.AccessLogs)
        {
            log.Write(exchange);
        }
    }
}
