namespace Balancer.Failover;

/// <summary>What a virtual router may depend on.</summary>
internal enum TrackKind : byte
{
    /// <summary>A network interface that must be up.</summary>
    Interface,

    /// <summary>A pool that must have a server that takes requests.</summary>
    Upstream,

    /// <summary>An address of <c>listen</c> that must accept connections.</summary>
    Listener,

    /// <summary>A file that should hold 0.</summary>
    File,

    /// <summary>A script that must succeed.</summary>
    Script,
}
