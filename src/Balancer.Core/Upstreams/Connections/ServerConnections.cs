using Balancer.Infrastructure;

namespace Balancer.Upstreams.Connections;

/// <summary>The connections to one upstream server: how many are open and idle, and the idle ones by worker.</summary>
internal sealed class ServerConnections
{
    private int _open;
    private int _idle;

    /// <summary>Most recently used idle connection of each stripe; guarded by the stripe's lock.</summary>
    internal readonly UpstreamConnection?[] NewestInStripe = new UpstreamConnection?[Worker.Count];

    /// <summary>Whether the server left the configuration: connections to it are closed when their request ends.</summary>
    public bool IsRetired { get; internal set; }

    /// <summary>Connections open, idle ones included.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Connections idle.</summary>
    public int Idle => Volatile.Read(ref _idle);

    /// <summary>Counts a new connection.</summary>
    public void OnOpened() => Interlocked.Increment(ref _open);

    internal void OnClosed() => Interlocked.Decrement(ref _open);

    internal void OnIdle() => Interlocked.Increment(ref _idle);

    internal void OnTaken() => Interlocked.Decrement(ref _idle);
}
