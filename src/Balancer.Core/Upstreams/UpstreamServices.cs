using Balancer.Configuration;
using Balancer.Infrastructure;
using Balancer.Upstreams.Resolution;
using Microsoft.Extensions.Logging;

namespace Balancer.Upstreams;

/// <summary>What pools need from the house.</summary>
/// <param name="Clock">The coarse clock health and balancing count by.</param>
/// <param name="Loggers">Makes the logger of the room.</param>
/// <param name="Resolver">Looks up the host name of a server of a pool.</param>
internal sealed record UpstreamServices(CoarseClock Clock, ILoggerFactory Loggers, Func<UpstreamConfig, UpstreamServerConfig, IHostResolver> Resolver)
{
    /// <summary>With the DNS servers of the pool's <c>resolver</c> for servers with <c>resolve</c>, as nginx does, and the system's resolver for all others.</summary>
    public UpstreamServices(CoarseClock clock, ILoggerFactory loggers)
        : this(clock, loggers, (pool, server) => server.Resolve && pool.Resolver.Count > 0 ? new DnsResolver(pool.Resolver, clock.Time) : SystemHostResolver.Instance)
    {
    }

    /// <summary>The logger of the room.</summary>
    public ILogger Logger { get; } = Loggers.CreateLogger("Balancer.Upstreams");
}
