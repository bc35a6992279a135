using System.Net;
using Balancer.TestSupport;

namespace Balancer.Infrastructure;

public sealed class IpRangeIndexTests
{
    [Theory]
    [InlineData("10.0.0.0", 1)]
    [InlineData("10.1.2.2", 1)]
    [InlineData("10.1.2.3", 0)]
    [InlineData("10.1.2.4", 1)]
    [InlineData("10.255.255.255", 1)]
    [InlineData("9.255.255.255", -1)]
    [InlineData("11.0.0.0", -1)]
    [InlineData("255.255.255.255", 2)]
    [InlineData("2001:db8::1", 3)]
    [InlineData("2001:db9::", 4)]
    [InlineData("::", 4)]
    public void The_range_given_first_decides(string address, int expected)
    {
        var index = new IpRangeIndex(Ranges("10.1.2.3/32", "10.0.0.0/8", "255.255.255.255/32", "2001:db8::/32", "::/0"));

        Assert.Equal(expected, index.Find(IPAddress.Parse(address).GetAddressBytes()));
    }

    [Fact]
    public void Mapped_networks_stand_for_those_of_IPv4()
    {
        var index = new IpRangeIndex(Ranges("::ffff:10.0.0.0/104"));

        Assert.Equal(0, index.Find([10, 1, 2, 3]));
        Assert.Equal(-1, index.Find([11, 1, 2, 3]));
    }

    [Fact]
    public void Nothing_is_found_where_there_are_no_ranges_or_no_address()
    {
        Assert.Equal(-1, new IpRangeIndex([]).Find([10, 0, 0, 1]));
        Assert.Equal(-1, new IpRangeIndex(Ranges("0.0.0.0/0", "::/0")).Find("unix:"u8));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_mix_of_ranges_decides_as_a_search_from_the_first_on(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            // Few distinct addresses, so that ranges meet, nest and repeat.
            var ranges = Enumerable.Range(0, random.Next(1, 12)).Select(i => (Random(random), i)).ToArray();
            var index = new IpRangeIndex(ranges);
            for (var value = 0; value < 256; value++)
            {
                byte[] four = [255, 255, 255, (byte)value];
                byte[] sixteen = [.. new byte[15], (byte)value];

                Assert.Equal(Naive(ranges, true, 0xFFFFFF00u + (UInt128)value), index.Find(four));
                Assert.Equal(Naive(ranges, false, (UInt128)value), index.Find(sixteen));
            }
        }
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        var index = new IpRangeIndex([.. Enumerable.Range(0, 1000).Select(i => (IpRange.Of(new IPNetwork(new IPAddress([10, (byte)(i >> 8), (byte)i, 0]), 24)), i))]);
        byte[] address = [10, 1, 7, 9];

        Assert.Equal(0, Allocated.By(() => index.Find(address)));
        Assert.Equal(263, index.Find(address));
    }

    private static (IpRange, int)[] Ranges(params string[] networks) => [.. networks.Select((network, i) => (IpRange.Of(IPNetwork.Parse(network)), i))];

    private static IpRange Random(Random random)
    {
        var isIPv4 = random.Next(2) == 0;
        var start = isIPv4 ? 0xFFFFFF00u : UInt128.Zero;
        var (a, b) = (random.Next(256), random.Next(256));
        return new IpRange(isIPv4, start + (UInt128)Math.Min(a, b), start + (UInt128)Math.Max(a, b));
    }

    private static int Naive((IpRange Range, int Owner)[] ranges, bool isIPv4, UInt128 address)
    {
        foreach (var (range, owner) in ranges)
        {
            if (range.IsIPv4 == isIPv4 && range.First <= address && address <= range.Last)
            {
                return owner;
            }
        }

        return -1;
    }
}
