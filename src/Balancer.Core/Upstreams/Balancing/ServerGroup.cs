using System.Runtime.CompilerServices;
using Balancer.Infrastructure;

namespace Balancer.Upstreams.Balancing;

/// <summary>
/// The primary or the backup servers of a pool: which of them may be picked now, and the weights they are picked by.
/// </summary>
/// <remarks>
/// nginx asks every server at every pick whether it is down, ejected or full. Here the answer is kept and changed when something happens:
/// a failure, a success after failures, the request that fills <c>max_conns</c> or the first to leave then, or the time a probe is due.
/// Whoever changes it holds the <see cref="Gate"/>, which all groups of a pool share, newer snapshots of it included.
/// </remarks>
internal sealed class ServerGroup
{
    private readonly CoarseClock _clock;
    private readonly bool[] _probeDue;
    private readonly int[] _scratch;
    private readonly List<int> _ramping = [];
    private bool _superseded;
    private int _probesDue;

    public ServerGroup(UpstreamServer[] servers, Lock gate, CoarseClock clock)
    {
        Servers = servers;
        Gate = gate;
        _clock = clock;
        _probeDue = new bool[servers.Length];
        _scratch = new int[servers.Length];
        Weights = new SmoothWeights(servers.Select(server => server.Config.Weight).ToArray(), finely: servers.Any(server => server.SlowStart > 0));
        RoundRobin = new RoundRobinBalancer(this);
        Balancer = RoundRobin;
    }

    /// <summary>The servers in the order of the configuration.</summary>
    public UpstreamServer[] Servers { get; }

    /// <summary>The lock of the pool.</summary>
    public Lock Gate { get; }

    /// <summary>The weights, and who is open. The gate is held.</summary>
    public SmoothWeights Weights { get; }

    /// <summary>Round robin, which every other method falls back on.</summary>
    public RoundRobinBalancer RoundRobin { get; }

    /// <summary>The method of the pool.</summary>
    public IBalancer Balancer { get; set; }

    /// <summary>The sessions of <c>sticky</c>; null without it.</summary>
    public StickySessions? Sessions { get; set; }

    /// <summary>The coarse clock's milliseconds.</summary>
    public long Now => _clock.Milliseconds;

    /// <summary>The last moment in which no ejected server is due for a probe.</summary>
    public long NextDue { get; private set; } = long.MaxValue;

    /// <summary>Whether the coming picks depend on the weights alone.</summary>
    public bool IsQuiet => !_superseded && !Weights.Recovering && _probesDue == 0 && _ramping.Count == 0 && Weights.OpenCount > 0;

    /// <summary>Takes over the servers' state: from now on this group is told what happens to them. The gate is held.</summary>
    public void Activate()
    {
        for (var i = 0; i < Servers.Length; i++)
        {
            var state = Servers[i].State;
            state.Slot = new GroupSlot(this, i);
            if (state.RampStart != UpstreamServerState.Never)
            {
                BeginRamp(i);
            }
        }

        Refresh(_clock.Milliseconds);
    }

    /// <summary>A newer snapshot has taken the servers over; this one reads their state at each pick, for the requests that still run on it. The gate is held.</summary>
    public void Supersede()
    {
        RoundRobin.CloseRun();
        _superseded = true;
    }

    /// <summary>Takes a place on a server and counts the pick; false when it is full, or ejected by now. Needs no gate.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnter(int index, long now)
    {
        var server = Servers[index];
        var state = server.State;
        var conns = state.TryEnter(server.ConnLimit);
        if (conns < 0)
        {
            return false;
        }

        var lastChecked = state.Checked;
        if ((now - lastChecked > server.FailTimeout || server.IsEjected) && !TryCheck(index, lastChecked, now))
        {
            return false;
        }

        if (conns == server.ConnLimit)
        {
            Update(index);
        }

        return true;
    }

    /// <summary>
    /// Takes a place on the server the request's session is bound to, if it is the first of the group the request tries and takes requests;
    /// one marked <c>drain</c> does. Needs no gate.
    /// </summary>
    /// <returns>The index of the server; -1 when there is none.</returns>
    public int PickBound(PickContext context, long now)
    {
        if (Sessions is null || context.Session.IsEmpty || !context.NoneTried)
        {
            return -1;
        }

        var index = Sessions.IndexOf(context.Session);
        if (index < 0 || Servers[index].Config.Down || Servers[index].State.IsHeldOut || !TryEnter(index, now))
        {
            return -1;
        }

        Balancer.Bound(index, now);
        context.MarkTried(index);
        return index;
    }

    /// <summary>A request left the server: opens it again if it was full.</summary>
    public void ReopenIfWasFull(int index, int conns)
    {
        if (conns == Servers[index].ConnLimit - 1)
        {
            Update(index);
        }
    }

    /// <summary>A failure was charged to the server: its effective weight shrinks, and it may be out. The gate is held.</summary>
    public void Charged(int index)
    {
        var config = Servers[index].Config;
        if (config.MaxFails > 0 && config.Weight >= config.MaxFails)
        {
            RoundRobin.CloseRun();
            Weights.Lower(index, config.Weight / config.MaxFails);
        }

        Reevaluate(index, _clock.Milliseconds);
    }

    /// <summary>The server is back, or its failures are forgotten. The gate is held.</summary>
    public void Forgiven(int index)
    {
        if (Servers[index].State.RampStart != UpstreamServerState.Never)
        {
            BeginRamp(index);
        }

        Reevaluate(index, _clock.Milliseconds);
    }

    /// <summary>An active check holds the server out from now on, or no more. The gate is held.</summary>
    public void HeldOutChanged(int index)
    {
        if (Servers[index].State.RampStart != UpstreamServerState.Never)
        {
            BeginRamp(index);
        }

        Reevaluate(index, _clock.Milliseconds);
    }

    /// <summary>Whether a server may be picked, for methods that look at one server at a time. Needs no gate.</summary>
    public bool IsAlive(int index, long now)
    {
        var server = Servers[index];
        return !server.IsClosed && !(server.IsEjected && now - server.State.Checked <= server.FailTimeout);
    }

    /// <summary>Whether a server is at its <c>max_conns</c>. Needs no gate.</summary>
    public bool IsFull(int index) => Servers[index].State.Conns >= Servers[index].ConnLimit;

    /// <summary>Asks anew whether a server may be picked. The gate is held.</summary>
    public void Reevaluate(int index, long now)
    {
        var server = Servers[index];
        var ejected = server.IsEjected;
        var dueAfter = server.State.Checked + server.FailTimeout;
        var open = !server.IsClosed && server.State.Conns < server.ConnLimit && (!ejected || now > dueAfter);
        var probeDue = open && ejected;
        var nextDue = ejected && now <= dueAfter ? Math.Min(NextDue, dueAfter) : NextDue;
        if (open == Weights.IsOpen(index) && probeDue == _probeDue[index] && nextDue == NextDue)
        {
            return;
        }

        RoundRobin.CloseRun();
        NextDue = nextDue;
        Weights.SetOpen(index, open);
        _probesDue += (probeDue ? 1 : 0) - (_probeDue[index] ? 1 : 0);
        _probeDue[index] = probeDue;
        Balancer.Changed(index);
    }

    /// <summary>Brings who is open up to date with the time. The gate is held.</summary>
    public void CatchUp(long now)
    {
        if (_superseded)
        {
            Refresh(now);
        }
        else if (now > NextDue)
        {
            RoundRobin.CloseRun();
            NextDue = long.MaxValue;
            for (var i = 0; i < Servers.Length; i++)
            {
                if (Servers[i].IsEjected)
                {
                    Reevaluate(i, now);
                }
            }
        }

        for (var i = _ramping.Count - 1; i >= 0; i--)
        {
            Ramp(i, now);
        }
    }

    /// <summary>One step of round robin among the servers this request has not tried. The gate is held.</summary>
    public int StepUntried(PickContext context)
    {
        RoundRobin.CloseRun();
        var hidden = 0;
        for (var i = 0; i < Servers.Length; i++)
        {
            if (context.IsTried(i) && Weights.IsOpen(i))
            {
                _scratch[hidden++] = i;
                Weights.SetOpen(i, false);
            }
        }

        var index = Weights.Step();
        foreach (var i in _scratch.AsSpan(0, hidden))
        {
            Weights.SetOpen(i, true);
        }

        return index;
    }

    /// <summary>One step of round robin among some of the servers, where this request has not tried them. The gate is held.</summary>
    public int StepAmong(ReadOnlySpan<int> indices, PickContext context)
    {
        RoundRobin.CloseRun();
        var count = 0;
        foreach (var index in indices)
        {
            if (Weights.IsOpen(index) && !context.IsTried(index))
            {
                _scratch[count++] = index;
            }
        }

        return count == 0 ? -1 : Weights.StepAmong(_scratch.AsSpan(0, count));
    }

    /// <summary>
    /// Whether a pick that gave none failed because a server was full: one with a <c>max_conns</c> that would do otherwise. It may have got room
    /// since the pick, so its count by now says nothing.
    /// </summary>
    public bool AnyBusy(PickContext context, long now)
    {
        for (var i = 0; i < Servers.Length; i++)
        {
            var server = Servers[i];
            if (!server.IsClosed
                && server.ConnLimit != int.MaxValue
                && (!server.IsEjected || now - server.State.Checked > server.FailTimeout)
                && !context.IsTried(i))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Notes the first pick in a fail_timeout; of an ejected server only one pick gets through, the probe.</summary>
    private bool TryCheck(int index, long lastChecked, long now)
    {
        var server = Servers[index];
        if (!server.IsEjected)
        {
            server.State.Checked = now;
            return true;
        }

        var isProbe = now - lastChecked > server.FailTimeout && server.State.TryClaimProbe(lastChecked, now);
        if (!isProbe)
        {
            server.State.Leave();
        }

        Update(index);
        return isProbe;
    }

    private void Update(int index)
    {
        lock (Gate)
        {
            Reevaluate(index, _clock.Milliseconds);
        }
    }

    private void Refresh(long now)
    {
        RoundRobin.CloseRun();
        NextDue = long.MaxValue;
        for (var i = 0; i < Servers.Length; i++)
        {
            Reevaluate(i, now);
            Balancer.Changed(i);
        }
    }

    private void BeginRamp(int index)
    {
        RoundRobin.CloseRun();
        if (!_ramping.Contains(index))
        {
            _ramping.Add(index);
        }

        Ramp(_ramping.IndexOf(index), _clock.Milliseconds);
    }

    private void Ramp(int position, long now)
    {
        var index = _ramping[position];
        var server = Servers[index];
        var elapsed = now - server.State.RampStart;
        if (server.SlowStart == 0 || elapsed >= server.SlowStart)
        {
            server.State.RampStart = UpstreamServerState.Never;
            Weights.SetCeiling(index, 1);
            _ramping.RemoveAt(position);
        }
        else
        {
            Weights.SetCeiling(index, (double)elapsed / server.SlowStart);
        }

        Balancer.Changed(index);
    }
}
