using System.Runtime.CompilerServices;
using Balancer.Upstreams.Connections;

namespace Balancer.Upstreams;

/// <summary>
/// What is live about one address of a pool: handed from snapshot to snapshot while the address stays, shared by every worker.
/// </summary>
/// <remarks>
/// <see cref="Conns"/> changes by interlocked operations on any thread. <see cref="Fails"/>, <see cref="Accessed"/> and <see cref="RampStart"/>
/// are written under the pool's gate; <see cref="Checked"/> may be set by any pick, as its writers agree. Times are milliseconds of the coarse clock.
/// </remarks>
internal sealed class UpstreamServerState
{
    /// <summary>A time before all others, and far enough from overflow to be subtracted.</summary>
    internal const long Never = long.MinValue / 4;

    private int _conns;
    private int _fails;
    private long _checked = Never;
    private long _accessed = Never;
    private GroupSlot? _slot;
    private int _heldOut;

    /// <summary>The counters; never reset.</summary>
    public UpstreamServerMetrics Metrics { get; } = new();

    /// <summary>The connections to the server; closed when its address leaves the configuration.</summary>
    public ServerConnections Connections { get; } = new();

    /// <summary>Requests running on the server.</summary>
    public int Conns => Volatile.Read(ref _conns);

    /// <summary>Failures charged and not forgiven.</summary>
    public int Fails
    {
        get => Volatile.Read(ref _fails);
        internal set => Volatile.Write(ref _fails, value);
    }

    /// <summary>Whether an active check holds the server out: it has failed, or has to pass first.</summary>
    public bool IsHeldOut => Volatile.Read(ref _heldOut) > 0;

    /// <summary>How many active checks hold the server out; under the pool's gate.</summary>
    internal int HeldOut
    {
        get => _heldOut;
        set => Volatile.Write(ref _heldOut, value);
    }

    /// <summary>When the server was last chosen for the first time in a <c>fail_timeout</c>, or failed.</summary>
    public long Checked
    {
        get => Volatile.Read(ref _checked);
        internal set => Volatile.Write(ref _checked, value);
    }

    /// <summary>When the server last failed.</summary>
    public long Accessed
    {
        get => Volatile.Read(ref _accessed);
        internal set => Volatile.Write(ref _accessed, value);
    }

    /// <summary>What <c>least_time</c> measures; under the pool's gate.</summary>
    internal ServerTimes Times { get; } = new();

    /// <summary>When <c>slow_start</c> began; <see cref="Never"/> when the server has its whole weight.</summary>
    internal long RampStart { get; set; } = Never;

    /// <summary>Where the newest snapshot keeps the server, which is told of every change.</summary>
    internal GroupSlot? Slot
    {
        get => Volatile.Read(ref _slot);
        set => Volatile.Write(ref _slot, value);
    }

    /// <summary>Takes a place on the server unless <paramref name="limit"/> are taken; returns how many are taken then, or -1 when it was full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int TryEnter(int limit)
    {
        if (limit == int.MaxValue)
        {
            return Interlocked.Increment(ref _conns);
        }

        var seen = Volatile.Read(ref _conns);
        while (seen < limit)
        {
            var before = Interlocked.CompareExchange(ref _conns, seen + 1, seen);
            if (before == seen)
            {
                return seen + 1;
            }

            seen = before;
        }

        return -1;
    }

    /// <summary>Takes the right to probe the ejected server; false when another request was faster.</summary>
    internal bool TryClaimProbe(long lastChecked, long now) =>
        Interlocked.CompareExchange(ref _checked, now, lastChecked) == lastChecked;

    /// <summary>Gives a place back; returns how many are still taken.</summary>
    internal int Leave() => Interlocked.Decrement(ref _conns);
}
