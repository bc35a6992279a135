using Balancer.Infrastructure;
using Balancer.Upstreams.Connections;

namespace Balancer.Upstreams;

/// <summary>What is live about a pool as a whole, handed from snapshot to snapshot while a pool of that name exists.</summary>
internal sealed class UpstreamState(CoarseClock clock)
{
    /// <summary>The idle connections to the servers of the pool.</summary>
    public IdleConnections IdleConnections { get; } = new(clock);

    /// <summary>The lock of the pool: held for well under a microsecond, and only when something out of the ordinary happens to a server.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Requests for which no server could be chosen because none was alive.</summary>
    public StripedCounter NoLiveServer { get; } = new();

    /// <summary>Requests for which no server could be chosen because those alive were at <c>max_conns</c>, and there was no place in the queue.</summary>
    public StripedCounter AllBusy { get; } = new();
}
