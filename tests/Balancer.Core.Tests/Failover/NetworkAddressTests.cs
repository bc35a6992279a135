using System.Net;
using System.Net.Sockets;

namespace Balancer.Failover;

public sealed class NetworkAddressTests
{
    [Theory]
    [InlineData("10.9.0.100", AddressFamily.InterNetwork, "0A090064", "10.9.0.100")]
    [InlineData("0.0.0.0", AddressFamily.InterNetwork, "00000000", "0.0.0.0")]
    [InlineData("255.255.255.255", AddressFamily.InterNetwork, "FFFFFFFF", "255.255.255.255")]
    [InlineData("fd00:9::100", AddressFamily.InterNetworkV6, "FD000009000000000000000000000100", "fd00:9::100")]
    [InlineData("FE80:0:0:0:0:0:0:1", AddressFamily.InterNetworkV6, "FE800000000000000000000000000001", "fe80::1")]
    [InlineData("::", AddressFamily.InterNetworkV6, "00000000000000000000000000000000", "::")]
    [InlineData("::ffff:10.9.0.1", AddressFamily.InterNetwork, "0A090001", "10.9.0.1")]
    public void Addresses_are_read_and_written(string text, AddressFamily family, string bytes, string written)
    {
        Assert.True(NetworkAddress.TryParse(text, out var address));

        var copy = new byte[address.Length];
        Assert.Equal(copy.Length, address.CopyTo(copy));
        Assert.Equal((family, bytes, written), (address.Family, Convert.ToHexString(copy), address.ToString()));
        Assert.Equal(address, NetworkAddress.FromBytes(copy));
        Assert.Equal(address, NetworkAddress.From(IPAddress.Parse(written)));
        Assert.Equal(IPAddress.Parse(written), address.ToIPAddress());
        Assert.Equal(address.GetHashCode(), NetworkAddress.FromBytes(copy).GetHashCode());
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.9.0")]
    [InlineData("010.9.0.1")]
    [InlineData("10.9.0.1/24")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[fe80::1]")]
    [InlineData("eth0")]
    [InlineData("10.9.0.١")]
    [InlineData("1111:1111:1111:1111:1111:1111:1111:1111:1111:1111")]
    public void What_is_no_address_is_refused(string text)
    {
        Assert.False(NetworkAddress.TryParse(text, out var address));
        Assert.True(address.IsNone);
    }

    [Theory]
    [InlineData("10.9.0.1", "10.9.0.2")]
    [InlineData("9.255.255.255", "10.0.0.0")]
    [InlineData("127.255.255.255", "128.0.0.0")]
    [InlineData("fe80::1", "fe80::2")]
    [InlineData("7fff::", "8000::")]
    [InlineData("fe80::ffff:ffff:ffff:ffff", "fe80:0:0:1::")]
    [InlineData("255.255.255.255", "::")]
    public void The_order_is_that_of_unsigned_numbers(string less, string more)
    {
        Assert.True(NetworkAddress.TryParse(less, out var left));
        Assert.True(NetworkAddress.TryParse(more, out var right));

        Assert.True(left < right && right > left && left <= right && right >= left && left != right);
        Assert.False(left.Equals((object)right));
        Assert.True(default(NetworkAddress) < left);
    }

    [Theory]
    [InlineData("224.0.0.18", true, false)]
    [InlineData("239.255.255.255", true, false)]
    [InlineData("223.255.255.255", false, false)]
    [InlineData("240.0.0.0", false, false)]
    [InlineData("169.254.7.7", false, true)]
    [InlineData("169.253.7.7", false, false)]
    [InlineData("ff02::12", true, false)]
    [InlineData("fe80::1", false, true)]
    [InlineData("febf::1", false, true)]
    [InlineData("fec0::1", false, false)]
    [InlineData("fd00:9::1", false, false)]
    public void Kinds_of_addresses_are_told_apart(string text, bool multicast, bool linkLocal)
    {
        Assert.True(NetworkAddress.TryParse(text, out var address));

        Assert.Equal((multicast, linkLocal), (address.IsMulticast, address.IsLinkLocal));
    }

    [Fact]
    public void The_default_value_is_no_address()
    {
        NetworkAddress none = default;

        Assert.True(none.IsNone && !none.IsIpv6 && !none.IsMulticast && !none.IsLinkLocal);
        Assert.Equal((0, 0, ""), (none.Length, none.CopyTo([]), none.ToString()));
        Assert.Throws<InvalidOperationException>(() => none.ToIPAddress());
        Assert.Throws<ArgumentException>(() => NetworkAddress.FromBytes(new byte[5]));
    }
}
