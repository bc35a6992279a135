using Balancer.Configuration;
using Balancer.Upstreams;

namespace Balancer.Routing;

/// <summary><c>monitor</c>, compiled.</summary>
/// <param name="Page">What is told.</param>
/// <param name="Pools">The pools it is about: those the locations of the virtual server pass to.</param>
internal sealed record MonitorAction(MonitorPage Page, IReadOnlyList<Upstream> Pools);
