using Balancer.Infrastructure;
using Balancer.Upstreams.Connections;
using Balancer.Upstreams.Health;

namespace Balancer.Upstreams;

/// <summary>What is live about a pool as a whole, handed from snapshot to snapshot while a pool of that name exists.</summary>
internal sealed class UpstreamState
{
    public UpstreamState(CoarseClock clock)
    {
        IdleConnections = new IdleConnections(clock);
        Queue = new UpstreamQueue(Gate);
    }

    /// <summary>The idle connections to the servers of the pool.</summary>
    public IdleConnections IdleConnections { get; }

    /// <summary>The requests that wait for a server.</summary>
    public UpstreamQueue Queue { get; }

    /// <summary>The newest addresses, whichever snapshot a request runs on; null before the first snapshot is activated.</summary>
    internal UpstreamServerSet? Newest { get; set; }

    /// <summary>The lock of the pool: held for well under a microsecond, and only when something out of the ordinary happens to a server.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>The active checks of the pool; replaced as a whole, under the gate.</summary>
    internal IServerWatcher[] Watchers { get; set; } = [];

    /// <summary>Requests for which no server could be chosen because none was alive.</summary>
    public StripedCounter NoLiveServer { get; } = new();

    /// <summary>Requests for which no server could be chosen because those alive were at <c>max_conns</c>, and the pool has no queue.</summary>
    public StripedCounter AllBusy { get; } = new();
}
