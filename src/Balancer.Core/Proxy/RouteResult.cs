using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>Where a request goes.</summary>
/// <param name="Location">The location, or its virtual server's fallback.</param>
/// <param name="Status">What the request is answered with at once; 0 when the location decides.</param>
/// <param name="RedirectPath">With 301, the path of a location that the request lacks only the last slash of.</param>
/// <param name="Detail">What the page of the status says beside it.</param>
internal readonly record struct RouteResult(Location Location, int Status = 0, byte[]? RedirectPath = null, byte[]? Detail = null)
{
    /// <summary>Where the client is redirected to, with <see cref="Status"/>, by <c>rewrite</c>; null when it is not.</summary>
    public byte[]? Url { get; init; }

    /// <summary>Whether a rule of <c>rewrite</c> has ended what goes before the answer, so that <c>return</c> is not reached.</summary>
    public bool SkipsReturn { get; init; }
}
