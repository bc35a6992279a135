using System.Collections.Concurrent;
using System.Diagnostics;
using Balancer.Infrastructure;

namespace Balancer.Upstreams.Connections;

/// <summary>
/// The connections to one upstream server: how many are open and idle, and the idle ones by worker. Those that differ in what was agreed on
/// when they were opened, such as the name asked for by TLS, are kept apart as variants, which count for the server too.
/// </summary>
internal sealed class ServerConnections(ServerConnections? server = null)
{
    /// <summary>Most variants kept: a name that clients choose must not make them without end.</summary>
    internal const int MaxVariants = 64;

    private readonly ServerConnections? _server = server;
    private ConcurrentDictionary<ConnectionVariant, ServerConnections>? _variants;
    private long _emptySince;
    private bool _isRetired;
    private int _open;
    private int _idle;

    /// <summary>Most recently used idle connection of each stripe; guarded by the stripe's lock.</summary>
    internal readonly UpstreamConnection?[] NewestInStripe = new UpstreamConnection?[Worker.Count];

    /// <summary>Whether the server left the configuration: connections to it are closed when their request ends.</summary>
    public bool IsRetired
    {
        get => Volatile.Read(ref _isRetired) || _server is { IsRetired: true };
        internal set => Volatile.Write(ref _isRetired, value);
    }

    /// <summary>Connections open, idle ones included.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Connections idle.</summary>
    public int Idle => Volatile.Read(ref _idle);

    /// <summary>
    /// The connections opened by <paramref name="key"/>, apart from all others. A new one takes the place of the one that has been without
    /// connections for longest; where all have connections, those of the new one are used once each.
    /// </summary>
    public ServerConnections Variant(in ConnectionVariant key)
    {
        var variants = _variants ?? Interlocked.CompareExchange(ref _variants, new ConcurrentDictionary<ConnectionVariant, ServerConnections>(), null) ?? _variants;
        if (!variants.TryGetValue(key, out var variant))
        {
            lock (variants)
            {
                if (!variants.TryGetValue(key, out variant))
                {
                    variant = new ServerConnections(this) { IsRetired = variants.Count >= MaxVariants && !TryEvict(variants), _emptySince = Stopwatch.GetTimestamp() };
                    if (!variant.IsRetired)
                    {
                        variants[key] = variant;
                    }
                }
            }
        }

        return variant;
    }

    /// <summary>Whether these are the connections of <paramref name="server"/>, or a variant of them.</summary>
    public bool BelongsTo(ServerConnections server) => this == server || _server == server;

    /// <summary>Counts a new connection.</summary>
    public void OnOpened()
    {
        Interlocked.Increment(ref _open);
        _server?.OnOpened();
    }

    /// <summary>Removes the variant that has been without connections for longest. One that opens a connection just then uses it once.</summary>
    private static bool TryEvict(ConcurrentDictionary<ConnectionVariant, ServerConnections> variants)
    {
        KeyValuePair<ConnectionVariant, ServerConnections>? oldest = null;
        foreach (var entry in variants)
        {
            if (entry.Value.Open == 0 && (oldest is not { } best || Volatile.Read(ref entry.Value._emptySince) < Volatile.Read(ref best.Value._emptySince)))
            {
                oldest = entry;
            }
        }

        if (oldest is not { } evicted)
        {
            return false;
        }

        evicted.Value.IsRetired = true;
        return variants.TryRemove(evicted);
    }

    internal void OnClosed()
    {
        if (Interlocked.Decrement(ref _open) == 0 && _server is not null)
        {
            Volatile.Write(ref _emptySince, Stopwatch.GetTimestamp());
        }

        _server?.OnClosed();
    }

    internal void OnIdle()
    {
        Interlocked.Increment(ref _idle);
        _server?.OnIdle();
    }

    internal void OnTaken()
    {
        Interlocked.Decrement(ref _idle);
        _server?.OnTaken();
    }
}
