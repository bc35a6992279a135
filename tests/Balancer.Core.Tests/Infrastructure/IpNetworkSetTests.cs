using System.Net;

namespace Balancer.Infrastructure;

public sealed class IpNetworkSetTests
{
    private static readonly IpNetworkSet s_set = new(new[]
    {
        "10.0.0.0/8", "10.1.0.0/16", "192.168.1.7/32", "198.51.100.0/31", "::ffff:203.0.113.0/120", "2001:db8::/32", "fe80::1/128",
    }.Select(IPNetwork.Parse));

    [Theory]
    [InlineData("9.255.255.255", false)]
    [InlineData("10.0.0.0", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("10.255.255.255", true)]
    [InlineData("11.0.0.0", false)]
    [InlineData("192.168.1.6", false)]
    [InlineData("192.168.1.7", true)]
    [InlineData("192.168.1.8", false)]
    [InlineData("198.51.100.1", true)]
    [InlineData("198.51.100.2", false)]
    [InlineData("203.0.113.255", true)]
    [InlineData("203.0.114.0", false)]
    [InlineData("2001:db7:ffff::", false)]
    [InlineData("2001:db8::", true)]
    [InlineData("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db9::", false)]
    [InlineData("fe80::1", true)]
    [InlineData("fe80::2", false)]
    public void Address_is_found_in_its_network(string address, bool expected) =>
        Assert.Equal(expected, s_set.Contains(IPAddress.Parse(address).GetAddressBytes()));

    [Fact]
    public void Whole_address_space_holds_everything_of_its_family()
    {
        var ipv4 = new IpNetworkSet([IPNetwork.Parse("0.0.0.0/0")]);
        var ipv6 = new IpNetworkSet([IPNetwork.Parse("::/0")]);

        Assert.True(ipv4.Contains([255, 255, 255, 255]));
        Assert.False(ipv4.Contains(new byte[16]));
        Assert.True(ipv6.Contains(new byte[16]));
        Assert.False(ipv6.Contains([1, 2, 3, 4]));
        Assert.False(ipv6.Contains("unix:"u8));
        Assert.True(new IpNetworkSet([]).IsEmpty);
    }
}
