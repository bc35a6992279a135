using Balancer.Access;
using Balancer.Http;
using Balancer.Observability.Metrics;
using Microsoft.Extensions.Logging;

namespace Balancer.Proxy;

/// <summary>nginx's access phase: asks one check after the other whether a request is let in (<c>satisfy</c>).</summary>
internal sealed class AccessPhase(AccessMetrics metrics, ILoggerFactory loggers)
{
    private readonly DenialLog _log = new(loggers.CreateLogger("Balancer.Access"));

    /// <summary>Asks whether a request is let in.</summary>
    /// <returns>0 when it is; else the status to answer.</returns>
    public int Check(HttpExchange exchange, AccessPolicy policy)
    {
        if (policy.Addresses?.Find(exchange.Client) is not { Allows: false } rule)
        {
            return 0;
        }

        metrics.Address.Increment();
        _log.AddressDenied(rule, exchange);
        return 403;
    }
}
