using Balancer.Upstreams.Balancing;

namespace Balancer.Upstreams;

/// <summary>The place of a server in a group.</summary>
/// <param name="Group">The group.</param>
/// <param name="Index">The index in it.</param>
internal sealed record GroupSlot(ServerGroup Group, int Index);
