namespace Balancer.Failover;

/// <summary>
/// The state machine of one virtual router (RFC 9568 section 6.4, RFC 3768 section 6.4), without clock, thread or socket: it is told the
/// time, and answers through <see cref="IVrrpLink"/>. Times are microseconds of a clock that never jumps.
/// <code>
///                        master silent, or preempted
///   Initialize ─► Backup ───────────────────────────► Master ─► Leaving ─► Initialize
///        ▲         │  ▲ ◄───────────────────────────────┘  │      (stop: answers until the successor is heard)
///        │         ▼  │        a better master heard       ▼
///        └──────── Fault ◄─────────────────────────────────┘
/// </code>
/// Beyond the RFC: a master that steps down says so once more, and a master that hears another one announces its addresses again, at once
/// and when the other has fallen silent. So neighbours that had learned the other's MAC are corrected, and both sides of a healed split
/// agree within an interval.
/// </summary>
internal sealed class VrrpRouter(VrrpTiming timing, NetworkAddress source, IVrrpLink link)
{
    private const long Never = long.MaxValue;
    private const byte Owner = 255;
    private const int SkewParts = 256;
    private const long Second = 1_000_000;

    /// <summary>A master answers others at most this often, however many advertisements they send.</summary>
    private const long LeastAnswerGap = 5_000;

    /// <summary>What a successor may take beyond an interval until it is heard.</summary>
    private const long HandOverMargin = Second / 2;

    private VrrpTiming _timing = timing;
    private NetworkAddress _source = source;
    private long _masterInterval = timing.Interval;
    private long _masterHeard;
    private long _masterDown = Never;
    private long _advertise = Never;
    private long _announceAgain = Never;
    private long _announceAlone = Never;
    private long _refresh = Never;
    private long _preemptAt = Never;
    private long _handOver = Never;
    private long _lastAnswer = long.MinValue / 2;
    private bool _hasMasterLeft;
    private bool _isPreempting;
    private bool _hasGranted;

    /// <summary>What it is now.</summary>
    public VrrpState State { get; private set; }

    /// <summary>The priority it advertises: the configured one with what is tracked.</summary>
    public byte Priority { get; private set; } = timing.Priority;

    /// <summary>When <see cref="OnDeadline"/> is to be called; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDeadline => Math.Min(Math.Min(Math.Min(_masterDown, _advertise), Math.Min(_announceAgain, _announceAlone)), Math.Min(_refresh, _handOver));

    private long Skew => (_timing.Version == 2 ? Second : _masterInterval) * (SkewParts - Priority) / SkewParts;

    /// <summary>Takes part from now on.</summary>
    public void Start(long now) => Begin(now, VrrpReason.Start);

    /// <summary>Gives up. A master says so, and answers on its addresses until its successor is heard; <see cref="State"/> is Initialize when it is over.</summary>
    public void Stop(long now)
    {
        if (State == VrrpState.Leaving)
        {
            return;
        }

        if (State != VrrpState.Master)
        {
            Enter(VrrpState.Initialize, VrrpReason.Stop);
            return;
        }

        Enter(VrrpState.Leaving, VrrpReason.Stop);
        _handOver = now + _timing.Interval + HandOverMargin;
        link.Advertise(0);
    }

    /// <summary>Ends at once, without waiting for a successor.</summary>
    public void Abort()
    {
        if (State == VrrpState.Master)
        {
            link.Advertise(0);
        }

        if (State is VrrpState.Master or VrrpState.Leaving)
        {
            link.Release();
        }

        Enter(VrrpState.Initialize, VrrpReason.Stop);
    }

    /// <summary>It can't be master while this holds.</summary>
    public void SetFault(long now, bool isFaulty)
    {
        if (isFaulty && (State is VrrpState.Backup or VrrpState.Master))
        {
            Fail();
        }
        else if (!isFaulty && State == VrrpState.Fault)
        {
            Begin(now, VrrpReason.Recovered);
        }
    }

    /// <summary>Follows another instance of its group that became master.</summary>
    public void FollowMaster(long now)
    {
        if (State == VrrpState.Backup)
        {
            BecomeMaster(now, VrrpReason.Group);
        }
    }

    /// <summary>Follows another instance of its group that is master no more.</summary>
    public void FollowBackup(long now)
    {
        if (State == VrrpState.Master)
        {
            StepDown(now, _masterInterval, VrrpReason.Group);
        }
    }

    /// <summary>Goes by other settings from now on; the state stays.</summary>
    public void Configure(long now, VrrpTiming timing, NetworkAddress source)
    {
        _timing = timing;
        _source = source;
        if (State == VrrpState.Master)
        {
            _masterInterval = timing.Interval;
            _advertise = Math.Min(_advertise, now + timing.Interval);
            _refresh = timing.RefreshInterval > 0 ? Math.Min(_refresh, now + timing.RefreshInterval) : Never;
        }
    }

    /// <summary>Sets the priority that is advertised.</summary>
    /// <param name="priority">1 to 255.</param>
    public void SetPriority(byte priority)
    {
        if (priority == Priority)
        {
            return;
        }

        Priority = priority;
        if (State == VrrpState.Backup && !_hasMasterLeft)
        {
            _masterDown = _masterHeard + (3 * _masterInterval) + Skew;
        }
    }

    /// <summary>An advertisement that passed all checks has come.</summary>
    public void OnAdvertisement(long now, in VrrpAdvertisement advertisement)
    {
        switch (State)
        {
            case VrrpState.Backup:
                HearAsBackup(now, advertisement);
                break;
            case VrrpState.Master:
                HearAsMaster(now, advertisement);
                break;
            case VrrpState.Leaving when advertisement.Priority > 0:
                FinishLeaving(VrrpReason.SuccessorHeard);
                break;
        }
    }

    /// <summary>Does what is due.</summary>
    public void OnDeadline(long now)
    {
        if (now >= _handOver)
        {
            FinishLeaving(VrrpReason.NoSuccessor);
        }

        if (now >= _masterDown && !GrantsAnotherInterval(now))
        {
            BecomeMaster(now, _hasMasterLeft ? VrrpReason.MasterLeft : _isPreempting ? VrrpReason.Preempt : VrrpReason.MasterSilent);
        }

        if (now >= _advertise)
        {
            // Counted from when it was due, so that the interval does not drift; after a stall from now on.
            var due = _advertise + _timing.Interval;
            _advertise = due > now ? due : now + _timing.Interval;
            link.Advertise(Priority);
        }

        if (now >= _announceAgain)
        {
            _announceAgain = Never;
            link.Announce(_timing.AnnounceRepeats);
        }

        if (now >= _announceAlone)
        {
            _announceAlone = Never;
            link.Announce(_timing.AnnounceRepeats);
        }

        if (now >= _refresh)
        {
            _refresh = now + _timing.RefreshInterval;
            link.Announce(_timing.RefreshRepeats);
        }
    }

    /// <summary>
    /// Whether the silence is rather our own: a router told more than an interval late that its time is up did not run, nor perhaps the
    /// machine it is on, and can't have heard the master. It listens for one interval more, once.
    /// </summary>
    private bool GrantsAnotherInterval(long now)
    {
        if (now - _masterDown <= _masterInterval || _hasMasterLeft || _hasGranted)
        {
            return false;
        }

        _hasGranted = true;
        _masterDown = now + _masterInterval;
        return true;
    }

    private void HearAsBackup(long now, in VrrpAdvertisement advertisement)
    {
        if (advertisement.Priority == 0)
        {
            _hasMasterLeft = true;
            _masterDown = now + Skew;
            return;
        }

        if (advertisement.Priority < Priority && MayPreempt(now))
        {
            // RFC 9568 section 6.4.2: it is not heeded, so that we take over when our time is up.
            _isPreempting = true;
            return;
        }

        if (advertisement.Priority >= Priority)
        {
            _preemptAt = Never;
            _isPreempting = false;
        }

        FollowInterval(now, advertisement.Interval);
    }

    private bool MayPreempt(long now)
    {
        if (!_timing.Preempts)
        {
            return false;
        }

        if (_preemptAt == Never)
        {
            _preemptAt = now + _timing.PreemptDelay;
        }

        return now >= _preemptAt;
    }

    private void HearAsMaster(long now, in VrrpAdvertisement advertisement)
    {
        var isBetter = advertisement.Priority > Priority || (advertisement.Priority == Priority && advertisement.Source.CompareTo(_source) > 0);
        if (isBetter)
        {
            StepDown(now, advertisement.Interval, VrrpReason.HigherMaster);
            return;
        }

        _announceAlone = now + _timing.Interval;
        if (now - _lastAnswer >= LeastAnswerGap)
        {
            _lastAnswer = now;
            _advertise = now + _timing.Interval;
            link.Advertise(Priority);
            link.Announce(_timing.AnnounceRepeats);
        }
    }

    private void StepDown(long now, long interval, VrrpReason reason)
    {
        link.Release();

        // The better master hears that there was another one, and announces its addresses once more.
        link.Advertise(Priority);
        BecomeBackup(now, interval, reason);
    }

    private void FollowInterval(long now, long interval)
    {
        _hasMasterLeft = _hasGranted = false;
        _masterHeard = now;
        _masterInterval = _timing.Version == 2 ? _timing.Interval : interval;
        _masterDown = now + (3 * _masterInterval) + Skew;
    }

    private void Begin(long now, VrrpReason reason)
    {
        if (Priority == Owner)
        {
            BecomeMaster(now, VrrpReason.Owner);
            return;
        }

        BecomeBackup(now, _timing.Interval, reason);
    }

    private void Fail()
    {
        if (State == VrrpState.Master)
        {
            link.Release();
            link.Advertise(0);
        }

        Enter(VrrpState.Fault, VrrpReason.Fault);
    }

    private void BecomeBackup(long now, long interval, VrrpReason reason)
    {
        Enter(VrrpState.Backup, reason);
        FollowInterval(now, interval);
    }

    private void BecomeMaster(long now, VrrpReason reason)
    {
        Enter(VrrpState.Master, reason);
        _masterInterval = _timing.Interval;
        _advertise = now + _timing.Interval;
        link.Advertise(Priority);
        link.Take();
        link.Announce(_timing.AnnounceRepeats);
        _announceAgain = _timing.AnnounceDelay > 0 ? now + _timing.AnnounceDelay : Never;
        _refresh = _timing.RefreshInterval > 0 ? now + _timing.RefreshInterval : Never;
    }

    private void FinishLeaving(VrrpReason reason)
    {
        link.Release();
        Enter(VrrpState.Initialize, reason);
    }

    private void Enter(VrrpState state, VrrpReason reason)
    {
        _masterDown = _advertise = _announceAgain = _announceAlone = _refresh = _preemptAt = _handOver = Never;
        _hasMasterLeft = _isPreempting = _hasGranted = false;
        var from = State;
        State = state;
        if (from != state)
        {
            link.OnTransition(from, state, reason);
        }
    }
}
