using System.Buffers.Text;
using Balancer.Infrastructure;

namespace Balancer.Upstreams.Balancing;

/// <summary><c>hash KEY</c>: the server by CRC-32 of the key over the weights, as Cache::Memcached and nginx do; an empty key goes by round robin.</summary>
internal sealed class HashBalancer(ServerGroup group) : ProbingBalancer(group)
{
    private readonly WeightRanges _ranges = new(group.Servers);

    /// <inheritdoc/>
    protected override bool Applies(PickContext context) => !context.Key.IsEmpty;

    /// <inheritdoc/>
    protected override int Propose(PickContext context, long now)
    {
        var crc = Crc32.Initial;
        if (context.Rehash > 0)
        {
            Span<byte> digits = stackalloc byte[11];
            Utf8Formatter.TryFormat(context.Rehash, digits, out var length);
            crc = Crc32.Update(crc, digits[..length]);
        }

        crc = Crc32.Finish(Crc32.Update(crc, context.Key));
        context.Hash += (crc >> 16) & 0x7FFF;
        context.Rehash++;
        return _ranges.At((int)(context.Hash % (uint)_ranges.Total));
    }
}
