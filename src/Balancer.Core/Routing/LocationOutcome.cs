namespace Balancer.Routing;

/// <summary>What <see cref="LocationTable{T}.Find"/> found.</summary>
internal enum LocationOutcome : byte
{
    /// <summary>No location: 404.</summary>
    None,

    /// <summary>A location.</summary>
    Found,

    /// <summary>The path lacks only the slash at the end of a proxied location: 301 to the location's path (<see cref="LocationResult{T}.RedirectPath"/>), query kept.</summary>
    AddSlash,
}
