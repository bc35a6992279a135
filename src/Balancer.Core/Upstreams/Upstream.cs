using Balancer.Configuration;
using Balancer.Infrastructure;
using Balancer.Upstreams.Health;
using Balancer.Upstreams.Resolution;

namespace Balancer.Upstreams;

/// <summary>
/// A pool of upstream servers, compiled from <c>[upstream.NAME]</c>.
/// <code>
///   Begin(context) ─► Pick(context) ─► … the try … ─► Release(server, context, outcome)
///                         ▲                                │ failed, context.TriesLeft &gt; 0
///                         └────────────────────────────────┘
/// </code>
/// All members may be called from any thread.
/// </summary>
internal sealed class Upstream
{
    private readonly CoarseClock _clock;
    private readonly PassiveHealth _health;
    private readonly PeriodicResolution? _resolution;
    private UpstreamServerSet _servers;
    private bool _active;

    /// <param name="config">The pool as configured.</param>
    /// <param name="addresses">Its addresses.</param>
    /// <param name="previous">The pool of that name in the running snapshot, whose state is handed over; null when there is none.</param>
    /// <param name="services">Clock, log and resolver.</param>
    public Upstream(UpstreamConfig config, IReadOnlyList<ResolvedServer> addresses, Upstream? previous, UpstreamServices services)
    {
        Config = config;
        State = previous?.State ?? new UpstreamState(services.Clock);
        _clock = services.Clock;
        _health = new PassiveHealth(config.Name, State.Gate, _clock, services.Logger);
        _resolution = PeriodicResolution.IsNeededFor(config) ? new PeriodicResolution(this, server => services.Resolver(config, server), _clock.Time, services.Logger) : null;
        _servers = NewSet(addresses, previous?.Servers);
    }

    /// <summary>The pool as configured.</summary>
    public UpstreamConfig Config { get; }

    /// <summary>The name, as in <c>proxy_pass</c>.</summary>
    public string Name => Config.Name;

    /// <summary>What is live about the pool.</summary>
    public UpstreamState State { get; }

    /// <summary>Whether any server of the pool is in use: neither marked down nor ejected.</summary>
    public bool IsAvailable
    {
        get
        {
            foreach (var server in Servers.All)
            {
                if (!server.IsClosed && !server.IsEjected)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether active checks ask the servers of the pool.</summary>
    public bool IsChecked => State.Watchers.Length > 0;

    /// <summary>The addresses of the pool as they are now.</summary>
    public UpstreamServerSet Servers => Volatile.Read(ref _servers);

    /// <summary>Whether <see cref="PickContext.SetKey"/> is needed before the first pick: <c>hash</c>, with <see cref="BalancingConfig.HashKey"/>.</summary>
    public bool NeedsKey => Config.Balancing.Method == BalancingMethod.Hash;

    /// <summary>Whether <see cref="PickContext.SetSession"/> is of use: <c>sticky</c>.</summary>
    public bool IsSticky => Config.Sticky is not null;

    /// <summary>Whether requests may wait for a server: <c>queue</c>.</summary>
    public bool HasQueue => Config.Queue is not null;

    /// <summary>Makes a context ready for a request.</summary>
    /// <param name="context">The request's context.</param>
    /// <param name="maxTries"><c>proxy_next_upstream_tries</c>; 0 is no limit.</param>
    public void Begin(PickContext context, int maxTries)
    {
        var servers = Servers;
        context.Begin(servers, maxTries > 0 ? Math.Min(maxTries, servers.Tries) : servers.Tries);
    }

    /// <summary>
    /// Chooses a server for the next try and takes a place on it; null with <see cref="PickContext.Failure"/> when there is none.
    /// Every server returned is given back by one <see cref="Release"/>.
    /// </summary>
    public UpstreamServer? Pick(PickContext context)
    {
        if (State.Queue.Count > 0)
        {
            context.Failure = PickFailure.AllBusy;
            return null;
        }

        var server = context.Servers.Pick(context, _clock.Milliseconds);
        if (server is null)
        {
            CountFailure(context.Failure);
        }

        return server;
    }

    /// <summary>
    /// Waits in the pool's queue for a server, after a pick failed with <see cref="PickFailure.AllBusy"/> in a pool that <see cref="HasQueue"/>.
    /// The wait has no end of its own: <see cref="PickContext.Wait"/> is interrupted when <see cref="QueueConfig.Timeout"/> is over or the client has gone.
    /// </summary>
    /// <returns>The server; null with <see cref="PickContext.Failure"/> when the queue is full or the wait was interrupted.</returns>
    public ValueTask<UpstreamServer?> WaitAsync(PickContext context)
    {
        var queue = State.Queue;
        lock (State.Gate)
        {
            if (queue.Count == 0)
            {
                context.AskAgain(Servers);
                var server = context.Servers.Pick(context, _clock.Milliseconds);
                if (server is not null || context.Failure != PickFailure.AllBusy)
                {
                    CountFailure(context.Failure);
                    return new ValueTask<UpstreamServer?>(server);
                }
            }

            if (queue.Count < queue.Limit)
            {
                return queue.Join(context.Waiter);
            }
        }

        queue.Overflows.Increment();
        context.Failure = PickFailure.QueueFull;
        return default;
    }

    /// <summary>Gives the server back after a try, and spends the try unless nobody was at fault.</summary>
    public void Release(UpstreamServer server, PickContext context, PickOutcome outcome, in PickTiming timing)
    {
        if (outcome != PickOutcome.NoFault)
        {
            if (context.Servers.IsSingle)
            {
                context.TriesLeft = 0;
                _health.Forget(server);
            }
            else
            {
                context.TriesLeft = Math.Max(0, context.TriesLeft - 1);
                if (outcome == PickOutcome.Failed)
                {
                    _health.Charge(server);
                }
                else
                {
                    _health.Succeed(server);
                }
            }
        }

        var conns = server.State.Leave();
        if (server.State.Slot is { } slot)
        {
            slot.Group.Balancer.Left(slot.Index, conns, outcome, timing);
        }

        if (State.Queue.Count > 0)
        {
            State.Queue.Serve(State.Newest ?? context.Servers, _clock.Milliseconds);
        }
    }

    /// <summary>Adds an active check, which meets the servers at once.</summary>
    internal void Watch(IServerWatcher watcher)
    {
        lock (State.Gate)
        {
            State.Watchers = [.. State.Watchers, watcher];
            watcher.Meet(Servers);
        }
    }

    /// <summary>Removes an active check.</summary>
    internal void Unwatch(IServerWatcher watcher)
    {
        lock (State.Gate)
        {
            State.Watchers = [.. State.Watchers.Where(w => w != watcher)];
        }
    }

    /// <summary>
    /// An active check holds a server out, or no more. One that comes back has its failures forgotten and begins its <c>slow_start</c>;
    /// requests that wait for a server get it.
    /// </summary>
    internal void HoldOut(UpstreamServerState server, bool isOut, bool isBack)
    {
        lock (State.Gate)
        {
            server.HeldOut += isOut ? 1 : -1;
            if (isBack && server.HeldOut == 0)
            {
                server.Fails = 0;
                if (server.Slot is { } back && back.Group.Servers[back.Index].SlowStart > 0)
                {
                    server.RampStart = _clock.Milliseconds;
                }
            }

            server.Slot?.Group.HeldOutChanged(server.Slot.Index);
        }

        if (!isOut && State.Queue.Count > 0)
        {
            State.Queue.Serve(State.Newest ?? Servers, _clock.Milliseconds);
        }
    }

    /// <summary>Makes this the snapshot that follows the servers' state, instead of <paramref name="previous"/>, on which running requests finish.</summary>
    internal void Activate(Upstream? previous)
    {
        if (previous == this)
        {
            return;
        }

        lock (State.Gate)
        {
            previous?._active = false;
            _active = true;
            previous?._resolution?.Dispose();
            Meet(_servers);
            _servers.Activate(previous?._servers);
            State.Newest = _servers;
            State.Queue.Limit = Config.Queue?.Length ?? 0;
            State.IdleConnections.Configure(Config.Keepalive, Config.KeepaliveRequests, Milliseconds(Config.KeepaliveTime), Milliseconds(Config.KeepaliveTimeout));
        }

        CloseLeft(previous?.Servers);
        _resolution?.Start();
    }

    /// <summary>Goes on with other addresses; those that stay keep their state. Nothing happens when they are the same, or a newer snapshot has taken over.</summary>
    internal void ReplaceServers(IReadOnlyList<ResolvedServer> addresses)
    {
        UpstreamServerSet old;
        lock (State.Gate)
        {
            old = _servers;
            if (!_active || old.All.Select(server => server.Address).SequenceEqual(addresses.Select(server => server.Address)))
            {
                return;
            }

            var set = NewSet(addresses, old);
            Meet(set);
            set.Activate(old);
            Volatile.Write(ref _servers, set);
            State.Newest = set;
        }

        CloseLeft(old);
    }

    /// <summary>The pool has left the configuration.</summary>
    internal void Retire()
    {
        _resolution?.Dispose();
        lock (State.Gate)
        {
            _active = false;
        }

        foreach (var server in Servers.All)
        {
            State.IdleConnections.CloseAll(server.State.Connections);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;

    private void Meet(UpstreamServerSet servers)
    {
        foreach (var watcher in State.Watchers)
        {
            watcher.Meet(servers);
        }
    }

    private void CountFailure(PickFailure failure)
    {
        if (failure == PickFailure.NoLiveServer)
        {
            State.NoLiveServer.Increment();
        }
        else if (failure == PickFailure.AllBusy && !HasQueue)
        {
            State.AllBusy.Increment();
        }
    }

    private UpstreamServerSet NewSet(IReadOnlyList<ResolvedServer> addresses, UpstreamServerSet? old)
    {
        // The same address may stand in a pool more than once: states are matched in order.
        var states = (old?.All ?? []).ToLookup(server => server.Address, server => server.State).ToDictionary(group => group.Key, group => new Queue<UpstreamServerState>(group));
        var servers = addresses.Select(address => new UpstreamServer(address.Config, address.EndPoint, TakeState(address.Address))
        {
            SessionToken = IsSticky ? StickySessions.TokenOf(Name, address.Address, address.Config.Route) : [],
        }).ToList();
        return new UpstreamServerSet(servers, Config.Balancing, State.Gate, _clock, IsSticky);

        UpstreamServerState TakeState(string address) => states.TryGetValue(address, out var queue) && queue.TryDequeue(out var state) ? state : new UpstreamServerState();
    }

    private void CloseLeft(UpstreamServerSet? old)
    {
        var staying = Servers.All.Select(server => server.State).ToHashSet();
        foreach (var server in old?.All ?? [])
        {
            if (!staying.Contains(server.State))
            {
                State.IdleConnections.CloseAll(server.State.Connections);
            }
        }
    }
}
