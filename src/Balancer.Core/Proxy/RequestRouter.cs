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
            return Find(exchange, found);
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
            log.RedirectCycle(exchange);
            return new RouteResult(from, 500);
        }

        try
        {
            if (uri.LocationName is not { } name)
            {
                return Find(exchange, from.Routes.Server);
            }

            if (from.Routes.Find(name) is { } location)
            {
                return new RouteResult(location);
            }

            log.NoNamedLocation(name, exchange);
            return new RouteResult(from, 500);
        }
        catch (RegexMatchTimeoutException e)
        {
            return GiveUp(exchange, from, e, log);
        }
    }

    private static RouteResult GiveUp(HttpExchange exchange, Location location, RegexMatchTimeoutException e, ProxyLog log)
    {
        // As in nginx, whose expressions have a limit too. What the request would have got from another location it must not get.
        log.ExpressionGivenUp(e.Pattern, exchange);
        exchange.ServerName = location.Routes.Server.Name;
        exchange.Error = ProxyError.GatewayFault;
        return new RouteResult(location, 500);
    }

    private static RouteResult Find(HttpExchange exchange, in VirtualServerResult<VirtualServer> found)
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

        return Find(exchange, server);
    }

    private static RouteResult Find(HttpExchange exchange, VirtualServer server)
    {
        if (server.Fallback.Return is not null)
        {
            return new RouteResult(server.Fallback);
        }

        var location = server.Locations.Find(exchange.NormalizedPath);
        switch (location.Outcome)
        {
            case LocationOutcome.Found:
                if (location.Captures is not null)
                {
                    exchange.Captures = location.Captures;
                    exchange.CaptureNames = location.CaptureNames;
                }

                return location.Payload!.IsInternal && !exchange.Uri.IsInternal ? new RouteResult(location.Payload, 404) : new RouteResult(location.Payload);
            case LocationOutcome.AddSlash:
                return new RouteResult(location.Payload!, 301, location.RedirectPath);
            default:
                return new RouteResult(server.Fallback, 404);
        }
    }
}
