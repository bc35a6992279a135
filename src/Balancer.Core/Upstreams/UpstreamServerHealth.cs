namespace Balancer.Upstreams;

/// <summary>Whether requests go to a server, and if not why, as status and metrics show it.</summary>
internal enum UpstreamServerHealth : byte
{
    /// <summary>Requests go to it.</summary>
    Up,

    /// <summary>Requests go to it, fewer than its weight says: it was back a short while ago (<c>slow_start</c>).</summary>
    SlowStart,

    /// <summary>It is at its <c>max_conns</c>.</summary>
    Full,

    /// <summary>Its failures have put it out (<c>max_fails</c>); it is probed once per <c>fail_timeout</c>.</summary>
    Ejected,

    /// <summary>It is marked <c>down</c> in the configuration.</summary>
    Down,
}
