using System.Net;

namespace Balancer.Upstreams.Resolution;

/// <summary>Finds the addresses of a host name.</summary>
internal interface IHostResolver
{
    /// <summary>The IPv4 and IPv6 addresses of the name; empty when there is no such name or no answer.</summary>
    ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancel);
}
