namespace Balancer.Upstreams.Nginx;

/// <summary>What nginx said about one request.</summary>
/// <param name="Servers">The servers tried, by index, in order; -1 when none was alive.</param>
/// <param name="Started">The second in which the request began.</param>
/// <param name="Ended">The second in which the response was sent.</param>
internal sealed record NginxAnswer(int[] Servers, long Started, long Ended);
