using System.Buffers.Binary;

namespace Balancer.Infrastructure;

/// <summary>
/// Which of several ranges decides about an address, where ranges overlap: the one given first. They are cut into disjoint pieces
/// when the index is made, so that a look-up is one binary search, however many there are. Immutable; allocates nothing.
/// </summary>
internal sealed class IpRangeIndex
{
    private readonly uint[] _starts4;
    private readonly int[] _owners4;
    private readonly UInt128[] _starts6;
    private readonly int[] _owners6;

    /// <summary>Makes the index.</summary>
    /// <param name="ranges">The ranges, the one that decides over the others first, each with the number that is given for it.</param>
    public IpRangeIndex(IReadOnlyList<(IpRange Range, int Owner)> ranges)
    {
        (var starts, _owners4) = Cut(ranges, isIPv4: true);
        _starts4 = [.. starts.Select(static start => (uint)start)];
        (_starts6, _owners6) = Cut(ranges, isIPv4: false);
    }

    /// <summary>The number of the range that decides about an address of 4 or 16 bytes in network byte order; -1 when none holds it.</summary>
    public int Find(ReadOnlySpan<byte> address) => address.Length switch
    {
        4 => Find(_starts4, _owners4, BinaryPrimitives.ReadUInt32BigEndian(address)),
        16 => Find(_starts6, _owners6, BinaryPrimitives.ReadUInt128BigEndian(address)),
        _ => -1,
    };

    private static int Find<T>(T[] starts, int[] owners, T address)
        where T : struct, IComparable<T>
    {
        var at = Array.BinarySearch(starts, address);
        at = at >= 0 ? at : ~at - 1;
        return at < 0 ? -1 : owners[at];
    }

    // Sweeps over the borders in rising order with the set of ranges that hold the address just passed.
    private static (UInt128[] Starts, int[] Owners) Cut(IReadOnlyList<(IpRange Range, int Owner)> ranges, bool isIPv4)
    {
        var borders = new List<(UInt128 At, bool Opens, int Rank)>();
        for (var rank = 0; rank < ranges.Count; rank++)
        {
            var range = ranges[rank].Range;
            if (range.IsIPv4 == isIPv4)
            {
                borders.Add((range.First, true, rank));
                if (range.Last < (isIPv4 ? uint.MaxValue : UInt128.MaxValue))
                {
                    borders.Add((range.Last + 1, false, rank));
                }
            }
        }

        borders.Sort(static (a, b) => a.At.CompareTo(b.At));
        var open = new SortedSet<int>();
        var starts = new List<UInt128>();
        var owners = new List<int>();
        for (var i = 0; i < borders.Count; i++)
        {
            var (at, opens, rank) = borders[i];
            _ = opens ? open.Add(rank) : open.Remove(rank);
            if (i + 1 < borders.Count && borders[i + 1].At == at)
            {
                continue;
            }

            var owner = open.Count == 0 ? -1 : ranges[open.Min].Owner;
            if (owners.Count == 0 || owners[^1] != owner)
            {
                starts.Add(at);
                owners.Add(owner);
            }
        }

        return ([.. starts], [.. owners]);
    }
}
