using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Balancer.Infrastructure;

/// <summary>A set of IPv4 and IPv6 networks, kept as sorted ranges so that a look-up is a binary search. Immutable.</summary>
internal sealed class IpNetworkSet
{
    private readonly Range<uint>[] _ipv4;
    private readonly Range<UInt128>[] _ipv6;

    /// <summary>Makes the set; networks may overlap. An IPv4-mapped IPv6 network of at least 96 bits stands for the IPv4 one.</summary>
    public IpNetworkSet(IEnumerable<IPNetwork> networks)
    {
        var ipv4 = new List<Range<uint>>();
        var ipv6 = new List<Range<UInt128>>();
        foreach (var network in networks)
        {
            var mapped = network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= 96;
            var address = mapped ? network.BaseAddress.MapToIPv4() : network.BaseAddress;
            var bits = mapped ? network.PrefixLength - 96 : network.PrefixLength;
            if (address.AddressFamily == AddressFamily.InterNetwork)
            {
                var hosts = bits == 32 ? 0 : uint.MaxValue >> bits;
                var first = BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()) & ~hosts;
                ipv4.Add(new Range<uint>(first, first | hosts));
            }
            else
            {
                var hosts = bits == 128 ? UInt128.Zero : UInt128.MaxValue >> bits;
                var first = BinaryPrimitives.ReadUInt128BigEndian(address.GetAddressBytes()) & ~hosts;
                ipv6.Add(new Range<UInt128>(first, first | hosts));
            }
        }

        _ipv4 = Merge(ipv4);
        _ipv6 = Merge(ipv6);
    }

    /// <summary>Whether there is no network in it.</summary>
    public bool IsEmpty => _ipv4.Length == 0 && _ipv6.Length == 0;

    /// <summary>Whether an address of 4 or 16 bytes in network byte order lies in one of the networks; false for every other length.</summary>
    public bool Contains(ReadOnlySpan<byte> address) => address.Length switch
    {
        4 => Contains(_ipv4, BinaryPrimitives.ReadUInt32BigEndian(address)),
        16 => Contains(_ipv6, BinaryPrimitives.ReadUInt128BigEndian(address)),
        _ => false,
    };

    private static bool Contains<T>(Range<T>[] ranges, T address)
        where T : struct, IComparable<T>
    {
        var low = 0;
        var high = ranges.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            if (address.CompareTo(ranges[middle].First) < 0)
            {
                high = middle - 1;
            }
            else if (address.CompareTo(ranges[middle].Last) > 0)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private static Range<T>[] Merge<T>(List<Range<T>> ranges)
        where T : struct, IComparable<T>
    {
        ranges.Sort((a, b) => a.First.CompareTo(b.First));
        var merged = new List<Range<T>>(ranges.Count);
        foreach (var range in ranges)
        {
            if (merged.Count == 0 || range.First.CompareTo(merged[^1].Last) > 0)
            {
                merged.Add(range);
            }
            else if (range.Last.CompareTo(merged[^1].Last) > 0)
            {
                merged[^1] = merged[^1] with { Last = range.Last };
            }
        }

        return [.. merged];
    }

    private readonly record struct Range<T>(T First, T Last);
}
