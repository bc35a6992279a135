namespace Balancer.Observability.Status;

/// <summary>Whether a server is given requests.</summary>
internal enum UpstreamServerCondition
{
    /// <summary>It is.</summary>
    Up,

    /// <summary>An active check has failed, or has to pass first.</summary>
    Unhealthy,

    /// <summary>It is tried once per <c>fail_timeout</c> only.</summary>
    Ejected,

    /// <summary>It is marked <c>drain</c>: only sessions bound to it still use it.</summary>
    Draining,

    /// <summary>It is marked <c>down</c>.</summary>
    Down,
}
