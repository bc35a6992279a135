using System.Buffers.Binary;
using System.Text;
using Balancer.Infrastructure;

namespace Balancer.Upstreams.Balancing;

/// <summary>
/// <c>hash KEY consistent</c>: ketama. Every server has 160 points a weight on a ring; the key's server is that of the next point,
/// so that a server more or less moves few keys. The points are those of Cache::Memcached::Fast and nginx.
/// </summary>
internal sealed class ConsistentHashBalancer : ProbingBalancer
{
    /// <summary>The greatest sum of weights: ten million points, 84 MB.</summary>
    public const int MaxTotalWeight = 65_536;

    private const int PointsPerWeight = 160;

    private readonly uint[] _hashes;
    private readonly ushort[] _owners;
    private readonly int[][] _serversOf;

    public ConsistentHashBalancer(ServerGroup group)
        : base(group)
    {
        var lines = group.Servers.Index().GroupBy(server => server.Item.Label).ToArray();
        _serversOf = [.. lines.Select(line => line.Select(server => server.Index).ToArray())];
        (_hashes, _owners) = MakeRing(group, lines.Select(line => line.Key).ToArray());
    }

    /// <inheritdoc/>
    protected override bool Applies(PickContext context) => !context.Key.IsEmpty;

    /// <inheritdoc/>
    protected override int Propose(PickContext context, long now)
    {
        if (context.Rehash == 0)
        {
            var found = Array.BinarySearch(_hashes, Crc32.Compute(context.Key));
            context.Hash = (uint)(found >= 0 ? found : ~found);
            context.Rehash = 1;
        }

        var servers = _serversOf[_owners[context.Hash % (uint)_owners.Length]];
        return servers.Length == 1 ? servers[0] : TakeTurns(context, servers, now);
    }

    /// <inheritdoc/>
    protected override void Missed(PickContext context) => context.Hash++;

    private static (uint[] Hashes, ushort[] Owners) MakeRing(ServerGroup group, string[] labels)
    {
        var ownerOf = labels.Index().ToDictionary(label => label.Item, label => (ushort)label.Index);
        var points = new ulong[group.Servers.Sum(server => (long)server.Config.Weight) * PointsPerWeight];
        var count = 0;
        Span<byte> previous = stackalloc byte[sizeof(uint)];
        foreach (var server in group.Servers)
        {
            var seed = SeedOf(server.Label);
            var hash = 0u;
            for (var i = 0; i < server.Config.Weight * PointsPerWeight; i++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(previous, hash);
                hash = Crc32.Finish(Crc32.Update(seed, previous));
                points[count++] = ((ulong)hash << 32) | ownerOf[server.Label];
            }
        }

        // Of equal points the one of the server written first stays: owners are numbered in that order.
        Array.Sort(points);
        var hashes = new uint[count];
        var owners = new ushort[count];
        var kept = 0;
        foreach (var point in points)
        {
            var hash = (uint)(point >> 32);
            if (kept == 0 || hashes[kept - 1] != hash)
            {
                hashes[kept] = hash;
                owners[kept++] = (ushort)point;
            }
        }

        return (hashes[..kept], owners[..kept]);
    }

    /// <summary>The computation up to "HOST NUL PORT" of a server as configured; of unix sockets the path.</summary>
    private static uint SeedOf(string label)
    {
        var host = label;
        var port = "";
        if (label.StartsWith("unix:", StringComparison.OrdinalIgnoreCase))
        {
            host = label[5..];
        }
        else if (label.LastIndexOf(':') is >= 0 and var colon && label.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0)
        {
            host = label[..colon];
            port = label[(colon + 1)..];
        }

        return Crc32.Update(Crc32.Initial, Encoding.UTF8.GetBytes($"{host}\0{port}"));
    }

    /// <summary>The next of several addresses of one name, by weighted round robin.</summary>
    private int TakeTurns(PickContext context, int[] servers, long now)
    {
        lock (Group.Gate)
        {
            Group.CatchUp(now);
            return Group.StepAmong(servers, context);
        }
    }
}
