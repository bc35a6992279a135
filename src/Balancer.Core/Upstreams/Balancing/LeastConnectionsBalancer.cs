namespace Balancer.Upstreams.Balancing;

/// <summary><c>least_conn</c>: the server with the fewest requests running by its weight.</summary>
internal sealed class LeastConnectionsBalancer(ServerGroup group) : LeastLoadBalancer(group)
{
    /// <inheritdoc/>
    protected override double LoadOf(int index, long now) => ByWeight(index, Group.Servers[index].State.Conns);
}
