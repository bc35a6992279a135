using System.Text.RegularExpressions;
using Balancer.Http;
using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>Finds virtual server and location of a request.</summary>
internal static class RequestRouter
{
    /// <summary>Finds them, and notes in the exchange what variables tell about them.</summary>
    public static RouteResult Find(HttpExchange exchange, VirtualServerTable<VirtualServer> servers, ProxyLog log)
    {
        var server = servers.Default;
        try
        {
            var found = servers.Find(exchange.Request.HostName);
            server = found.Payload;
            return Find(exchange, found, log);
        }
        catch (RegexMatchTimeoutException e)
        {
            return GiveUp(exchange, server.Fallback, e, log);
        }
    }

    /// <summary>Finds the location of a request that was redirected within the gateway.</summary>
    /// <param name="exchange">The exchange; its <see cref="HttpExchange.Uri"/> says where to.</param>
    /// <param name="from">The location that redirected it.</param>
    /// <param name="log">The error log.</param>
    public static RouteResult FindAgain(HttpExchange exchange, Location from, ProxyLog log)
    {
        var uri = exchange.Uri;
        if (!uri.TryChange())
        {
            return EndCycle(exchange, from, log);
        }

        try
        {
            if (uri.LocationName is not { } name)
            {
                uri.IsBesideLocation = false;
                return Find(exchange, from.Routes.Server, log);
            }

            if (from.Routes.Find(name) is { } location)
            {
                return Enter(exchange, location, log);
            }

            log.NoNamedLocation(name, exchange);
            return new RouteResult(from, 500);
        }
        catch (RegexMatchTimeoutException e)
        {
            return GiveUp(exchange, from, e, log);
        }
    }

    private static RouteResult EndCycle(HttpExchange exchange, Location location, ProxyLog log)
    {
        log.RedirectCycle(exchange);
        exchange.Error = ProxyError.GatewayRedirectCycle;
        return new RouteResult(location, 500);
    }

    private static RouteResult GiveUp(HttpExchange exchange, Location location, RegexMatchTimeoutException e, ProxyLog log)
    {
        // As in nginx, whose expressions have a limit too. What the request would have got from another location it must not get.
        log.ExpressionGivenUp(e.Pattern, exchange);
        exchange.ServerName = location.Routes.Server.Name;
        exchange.Error = ProxyError.GatewayFault;
        return new RouteResult(location, 500);
    }

    private static RouteResult Find(HttpExchange exchange, in VirtualServerResult<VirtualServer> found, ProxyLog log)
    {
        var server = found.Payload;
        exchange.ServerName = server.Name;
        exchange.Captures = exchange.ServerCaptures = found.Captures;
        exchange.CaptureNames = exchange.ServerCaptureNames = found.CaptureNames;
        if (server.VerifiesClients && ClientCertificateRule.Check(exchange, server) is { Status: not 0 } refused)
        {
            return refused;
        }

        if (!exchange.NormalizePath())
        {
            return new RouteResult(server.Fallback, 400);
        }

        return Find(exchange, server, log);
    }

    private static RouteResult Find(HttpExchange exchange, VirtualServer server, ProxyLog log)
    {
        var skipsReturn = false;
        if (server.Fallback.Rewrite is { } script)
        {
            var result = script.Run(exchange);
            if (result.Status != 0)
            {
                return new RouteResult(server.Fallback, result.Status) { Url = result.Url };
            }

            skipsReturn = result.IsStopped;
        }

        if (server.Fallback.Return is not null && !skipsReturn)
        {
            return new RouteResult(server.Fallback);
        }

        return FindLocation(exchange, server, log);
    }

    private static RouteResult FindLocation(HttpExchange exchange, VirtualServer server, ProxyLog log)
    {
        var location = server.Locations.Find(exchange.NormalizedPath);
        switch (location.Outcome)
        {
            case LocationOutcome.Found:
                if (location.Captures is not null)
                {
                    exchange.Capture(location.Captures, location.CaptureNames);
                }

                return location.Payload!.IsInternal && !exchange.Uri.IsInternal ? new RouteResult(location.Payload, 404) : Enter(exchange, location.Payload, log);
            case LocationOutcome.AddSlash:
                return new RouteResult(location.Payload!, 301, location.RedirectPath);
            default:
                return new RouteResult(server.Fallback, 404) { SkipsReturn = true };
        }
    }

    /// <summary>Runs the rules of a location, which may lead to another one.</summary>
    private static RouteResult Enter(HttpExchange exchange, Location location, ProxyLog log)
    {
        if (location.Rewrite is not { } script)
        {
            return new RouteResult(location);
        }

        var result = script.Run(exchange);
        if (result.Status != 0)
        {
            return new RouteResult(location, result.Status) { Url = result.Url };
        }

        if (!result.IsMoved || (!result.IsStopped && location.Return is not null))
        {
            // A return is reached before the location is looked for again.
            return new RouteResult(location) { SkipsReturn = result.IsStopped };
        }

        if (!exchange.Uri.TryChange())
        {
            return EndCycle(exchange, location, log);
        }

        return FindLocation(exchange, location.Routes.Server, log);
    }
}
