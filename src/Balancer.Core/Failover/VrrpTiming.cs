namespace Balancer.Failover;

/// <summary>What the state machine of a virtual router goes by; all times in microseconds.</summary>
internal sealed record VrrpTiming
{
    /// <summary>2 or 3.</summary>
    public required byte Version { get; init; }

    /// <summary>The priority without what is tracked: 1 to 255, which owns the addresses.</summary>
    public required byte Priority { get; init; }

    /// <summary><c>advert_int</c>.</summary>
    public required long Interval { get; init; }

    /// <summary>Whether it takes over from a master of lower priority.</summary>
    public bool Preempts { get; init; } = true;

    /// <summary>How long a master of lower priority is heard before it is preempted.</summary>
    public long PreemptDelay { get; init; }

    /// <summary>After how long the announcement of a new master is repeated; 0 never.</summary>
    public long AnnounceDelay { get; init; }

    /// <summary>How often in a row a new master announces.</summary>
    public int AnnounceRepeats { get; init; } = 5;

    /// <summary>Between two announcements of a lasting master; 0 has none.</summary>
    public long RefreshInterval { get; init; }

    /// <summary>How often in a row a lasting master announces.</summary>
    public int RefreshRepeats { get; init; } = 1;
}
