namespace Balancer.Upstreams.Balancing;

/// <summary><c>ip_hash</c>: the server by the client's address, of IPv4 the first three octets; all clients on unix sockets are one.</summary>
internal sealed class IpHashBalancer(ServerGroup group) : ProbingBalancer(group)
{
    private const uint Seed = 89;
    private const int OctetsOfIPv4 = 3;

    private readonly WeightRanges _ranges = new(group.Servers);

    /// <inheritdoc/>
    protected override int Propose(PickContext context, long now)
    {
        var hash = context.Rehash++ == 0 ? Seed : context.Hash;
        foreach (var octet in OctetsOf(context))
        {
            hash = ((hash * 113) + octet) % 6271;
        }

        context.Hash = hash;
        return _ranges.At((int)(hash % (uint)_ranges.Total));
    }

    private static ReadOnlySpan<byte> OctetsOf(PickContext context) => context.Client switch
    {
        { Address: not null, Binary: { Length: 4 } address } => address.AsSpan(0, OctetsOfIPv4),
        { Address: not null, Binary: var address } => address,
        _ => "\0\0\0"u8,
    };
}
