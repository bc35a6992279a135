using Balancer.Configuration;
using Balancer.Infrastructure;
using Balancer.Upstreams.Resolution;
using Microsoft.Extensions.Logging;

namespace Balancer.Upstreams;

/// <summary>What pools need from the house.</summary>
/// <param name="Clock">The coarse clock health and balancing count by.</param>
/// <param name="Loggers">Makes the logger of the room.</param>
/// <param name="Resolver">Looks up the host names of a pool, by its <c>resolver</c>.</param>
internal sealed record UpstreamServices(CoarseClock Clock, ILoggerFactory Loggers, Func<UpstreamConfig, IHostResolver> Resolver)
{
    /// <summary>With the system's resolver for every pool.</summary>
    public UpstreamServices(CoarseClock clock, ILoggerFactory loggers)
        : this(clock, loggers, static _ => SystemHostResolver.Instance)
    {
    }

    /// <summary>The logger of the room.</summary>
    public ILogger Logger { get; } = Loggers.CreateLogger("Balancer.Upstreams");
}
