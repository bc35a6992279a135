namespace Balancer.Upstreams.Balancing;

/// <summary><c>random</c>: any server, by its weight.</summary>
internal sealed class RandomBalancer(ServerGroup group) : ProbingBalancer(group)
{
    private readonly WeightRanges _ranges = new(group.Servers);

    /// <inheritdoc/>
    protected override int Propose(PickContext context, long now) => _ranges.At(Random.Shared.Next(_ranges.Total));
}
