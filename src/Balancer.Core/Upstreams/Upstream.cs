using Balancer.Configuration;
using Balancer.Infrastructure;
using Balancer.Upstreams.Health;
using Microsoft.Extensions.Logging;

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
    private UpstreamServerSet _servers;

    public Upstream(UpstreamConfig config, IReadOnlyList<UpstreamServer> servers, UpstreamState state, CoarseClock clock, ILogger logger)
    {
        Config = config;
        State = state;
        _clock = clock;
        _health = new PassiveHealth(config.Name, state.Gate, clock, logger);
        _servers = new UpstreamServerSet(servers, config.Balancing, state.Gate, clock);
    }

    /// <summary>The pool as configured.</summary>
    public UpstreamConfig Config { get; }

    /// <summary>The name, as in <c>proxy_pass</c>.</summary>
    public string Name => Config.Name;

    /// <summary>What is live about the pool.</summary>
    public UpstreamState State { get; }

    /// <summary>The addresses of the pool as they are now.</summary>
    public UpstreamServerSet Servers => Volatile.Read(ref _servers);

    /// <summary>Whether <see cref="PickContext.SetKey"/> is needed before the first pick: <c>hash</c>, with <see cref="BalancingConfig.HashKey"/>.</summary>
    public bool NeedsKey => Config.Balancing.Method == BalancingMethod.Hash;

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
        context.Failure = PickFailure.None;
        var server = context.Servers.Pick(context, _clock.Milliseconds);
        if (server is null)
        {
            (context.Failure == PickFailure.AllBusy ? State.AllBusy : State.NoLiveServer).Increment();
        }

        return server;
    }

    /// <summary>Gives the server back after a try, and spends the try unless nobody was at fault.</summary>
    public void Release(UpstreamServer server, PickContext context, PickOutcome outcome, in PickTiming timing)
    {
        var single = context.Servers.IsSingle;
        if (outcome != PickOutcome.NoFault)
        {
            if (single)
            {
                context.TriesLeft = 0;
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

        var slot = server.State.Slot;
        var conns = server.State.Leave();
        if (slot is not null)
        {
            slot.Group.Balancer.Measured(slot.Index, timing);
            slot.Group.Balancer.Left(slot.Index, conns);
        }
    }

    /// <summary>Makes this the snapshot that follows the servers' state, instead of <paramref name="old"/>, on which running requests finish.</summary>
    internal void Activate(Upstream? old)
    {
        lock (State.Gate)
        {
            _servers.Activate(old?.Servers);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
