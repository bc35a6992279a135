using Balancer.Http;
using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>Finds virtual server and location of a request.</summary>
internal static class RequestRouter
{
    /// <summary>Finds them, and notes in the exchange what variables tell about them.</summary>
    public static RouteResult Find(HttpExchange exchange, VirtualServerTable<VirtualServer> servers)
    {
        var found = servers.Find(exchange.Request.HostName);
        var server = found.Payload;
        exchange.ServerName = server.Name;
        exchange.Captures = exchange.ServerCaptures = found.Captures;
        exchange.CaptureNames = exchange.ServerCaptureNames = found.CaptureNames;
        if (!exchange.NormalizePath())
        {
            return new RouteResult(server.Fallback, 400);
        }

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

                return new RouteResult(location.Payload!);
            case LocationOutcome.AddSlash:
                return new RouteResult(location.Payload!, 301, location.RedirectPath);
            default:
                return new RouteResult(server.Fallback, 404);
        }
    }
}
