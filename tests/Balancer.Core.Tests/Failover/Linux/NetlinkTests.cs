using System.Net.Sockets;

namespace Balancer.Failover.Linux;

public sealed class NetlinkTests
{
    [NamespaceFact]
    public void An_interface_is_found_by_name_and_by_number()
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();

        Assert.Equal(Errno.None, netlink.GetLink("eth0", out var link));
        Assert.Equal(("eth0", "02:00:00:00:00:01", "veth"), (link!.Name, link.Hardware.ToString(), link.Kind));
        Assert.True(link.IsUp && link.IsUpAndRunning);
        Assert.Equal(Errno.None, netlink.GetLink(link.Index, out var same));
        Assert.Equal("eth0", same!.Name);

        Assert.Equal(Errno.NoSuchDevice, netlink.GetLink("eth1", out var none));
        Assert.Null(none);
        Assert.Equal(Errno.NoSuchDevice, netlink.GetLink(4711, out _));
    }

    [NamespaceFact]
    public void The_state_of_an_interface_is_that_of_the_wire()
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();

        network.InB("link set eth0 down");
        Assert.Equal(Errno.None, netlink.GetLink("eth0", out var unplugged));
        network.InA("link set eth0 down");
        Assert.Equal(Errno.None, netlink.GetLink("eth0", out var down));

        Assert.Equal((true, false), (unplugged!.IsUp, unplugged.IsUpAndRunning));
        Assert.Equal((false, false), (down!.IsUp, down.IsUpAndRunning));
        Assert.Equal(Errno.None, netlink.SetLinkUp(down.Index, up: true));
        Assert.Contains("UP", network.InA("-o link show eth0"), StringComparison.Ordinal);
    }

    [NamespaceTheory]
    [InlineData("10.9.0.100", 24)]
    [InlineData("10.9.0.100", 32)]
    [InlineData("fd00:9::100", 64)]
    [InlineData("fe80::100", 64)]
    public void An_address_comes_marked_and_goes(string text, int prefixLength)
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();
        var (eth0, address) = (Index(netlink), VrrpSocketTests.Address(text));

        Assert.Equal(Errno.None, netlink.AddAddress(eth0, address, prefixLength));
        var added = List(netlink, eth0, address.Family).Single(a => a.Address == address);
        Assert.Equal((prefixLength, Netlink.Mark), (added.PrefixLength, added.AddedBy));
        Assert.True(added.IsUsable);
        Assert.Equal(Errno.Exists, netlink.AddAddress(eth0, address, prefixLength));

        Assert.Equal(Errno.None, netlink.DeleteAddress(eth0, address, prefixLength));
        Assert.DoesNotContain(List(netlink, eth0, address.Family), a => a.Address == address);
        Assert.Equal(Errno.AddressNotAvailable, netlink.DeleteAddress(eth0, address, prefixLength));
    }

    [NamespaceFact]
    public void An_address_of_another_prefix_length_is_another_one()
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();
        var (eth0, address) = (Index(netlink), VrrpSocketTests.Address("10.9.0.1"));

        Assert.Equal(Errno.AddressNotAvailable, netlink.DeleteAddress(eth0, address, 32));
        Assert.Equal(Errno.None, netlink.AddAddress(eth0, address, 32));
        Assert.Equal(Errno.None, netlink.DeleteAddress(eth0, address, 32));
        Assert.Contains("10.9.0.1/24", network.InA("addr show eth0"), StringComparison.Ordinal);
    }

    [NamespaceFact]
    public void An_IPv4_address_may_have_a_label()
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();

        Assert.Equal(Errno.None, netlink.AddAddress(Index(netlink), VrrpSocketTests.Address("10.9.0.100"), 32, "eth0:vip"));

        Assert.Contains("scope global eth0:vip", network.InA("addr show eth0"), StringComparison.Ordinal);
    }

    [NamespaceFact]
    public void Errors_are_told_by_number()
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();
        var address = VrrpSocketTests.Address("10.9.0.100");

        Assert.Equal(Errno.NoSuchDevice, netlink.AddAddress(4711, address, 24));
        Assert.Equal(Errno.InvalidArgument, netlink.AddAddress(Index(netlink), address, 33));
        Assert.Equal(Errno.NoSuchDevice, netlink.DeleteLink(4711));
    }

    [NamespaceFact]
    public void Advertisements_come_from_the_first_own_address()
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();
        var eth0 = Index(netlink);
        Assert.Equal(Errno.None, netlink.AddAddress(eth0, VrrpSocketTests.Address("10.0.0.1"), 32));
        network.InA("addr del 10.9.0.1/24 dev eth0");
        network.InA("addr add 10.9.0.1/24 dev eth0");

        Assert.Equal(Errno.None, netlink.GetPrimaryAddress(eth0, AddressFamily.InterNetwork, out var ipv4));
        Assert.Equal(Errno.None, netlink.GetPrimaryAddress(eth0, AddressFamily.InterNetworkV6, out var ipv6));
        Assert.Equal(("10.9.0.1", "fe80::1"), (ipv4.ToString(), ipv6.ToString()));

        network.InA("addr flush dev eth0");
        Assert.Equal(Errno.AddressNotAvailable, netlink.GetPrimaryAddress(eth0, AddressFamily.InterNetwork, out _));
        Assert.Equal(Errno.AddressNotAvailable, netlink.GetPrimaryAddress(eth0, AddressFamily.InterNetworkV6, out _));
    }

    [NamespaceTheory]
    [InlineData("10.77.0.0", 16, "10.9.0.2", "10.9.0.1", 50u, "10.77.0.0/16 via 10.9.0.2 dev eth0 proto 112 src 10.9.0.1 metric 50")]
    [InlineData("10.77.0.0", 16, "", "", 0u, "10.77.0.0/16 dev eth0 proto 112 scope link")]
    [InlineData("0.0.0.0", 0, "10.9.0.2", "", 0u, "default via 10.9.0.2 dev eth0 proto 112")]
    [InlineData("fd77::", 32, "fd00:9::2", "fd00:9::1", 50u, "fd77::/32 via fd00:9::2 dev eth0 proto 112 src fd00:9::1 metric 50")]
    [InlineData("::", 0, "fe80::2", "", 0u, "default via fe80::2 dev eth0 proto 112 metric 1024")]
    public void A_route_comes_marked_and_goes(string destination, int prefixLength, string gateway, string source, uint metric, string shown)
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();
        var route = new Route
        {
            Destination = VrrpSocketTests.Address(destination),
            PrefixLength = prefixLength,
            InterfaceIndex = Index(netlink),
            Gateway = gateway.Length > 0 ? VrrpSocketTests.Address(gateway) : default,
            Source = source.Length > 0 ? VrrpSocketTests.Address(source) : default,
            Metric = metric,
        };
        var show = $"{(route.Destination.IsIpv6 ? "-6" : "-4")} route show proto 112";

        Assert.Equal(Errno.None, netlink.AddRoute(route));
        Assert.StartsWith(shown, network.InA(show.Replace(" proto 112", "", StringComparison.Ordinal)).Split('\n').Single(l => l.Contains("proto 112", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(Errno.Exists, netlink.AddRoute(route));
        Assert.Equal(Errno.None, netlink.DeleteRoute(route));
        Assert.Equal("", network.InA(show));
        Assert.Equal(Errno.NoSuchProcess, netlink.DeleteRoute(route));
    }

    [NamespaceTheory]
    [InlineData("10.77.0.0", 16, "-4")]
    [InlineData("fd77::", 32, "-6")]
    public void A_route_of_another_is_never_deleted(string destination, int prefixLength, string family)
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();
        network.InA($"{family} route add {destination}/{prefixLength} dev eth0");
        var route = new Route { Destination = VrrpSocketTests.Address(destination), PrefixLength = prefixLength, InterfaceIndex = Index(netlink) };

        Assert.Equal(Errno.Exists, netlink.AddRoute(route));
        Assert.Equal(Errno.NoSuchProcess, netlink.DeleteRoute(route));
        Assert.Contains($"{destination}/{prefixLength}", network.InA($"{family} route"), StringComparison.Ordinal);
    }

    [NamespaceFact]
    public void A_macvlan_of_a_virtual_router_is_private_and_has_no_address_of_its_own()
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();
        var hardware = MacAddress.OfVirtualRouter(51, ipv6: false);

        Assert.Equal(Errno.None, netlink.AddMacvlan("vrrp.51", Index(netlink), hardware, out var index));
        Assert.Equal(Errno.Exists, netlink.AddMacvlan("vrrp.51", Index(netlink), hardware, out _));

        Assert.Equal(Errno.None, netlink.GetLink("vrrp.51", out var link));
        Assert.Equal((index, hardware, "macvlan", Index(netlink)), (link!.Index, link.Hardware, link.Kind, link.Parent));
        Assert.False(link.IsUp);
        Assert.Equal(Errno.None, netlink.SetLinkUp(index, up: true));
        Assert.Equal(Errno.None, netlink.GetLink(index, out var up));
        Assert.True(up!.IsUpAndRunning);
        Assert.Contains("macvlan mode private", network.InA("-d link show vrrp.51"), StringComparison.Ordinal);
        Assert.Empty(List(netlink, index, AddressFamily.Unspecified));
        foreach (var (setting, value) in ((Ipv4Setting, int)[])[(Ipv4Setting.ArpIgnore, 1), (Ipv4Setting.AcceptLocal, 1), (Ipv4Setting.ArpFilter, 0), (Ipv4Setting.ReversePathFilter, 2), (Ipv4Setting.PromoteSecondaries, 1)])
        {
            Assert.Equal(value, link.Ipv4Settings[(int)setting - 1]);
        }

        Assert.Equal(Errno.None, netlink.DeleteLink(index));
        Assert.Equal(Errno.NoSuchDevice, netlink.GetLink("vrrp.51", out _));
    }

    [NamespaceFact]
    public void Settings_of_an_interface_are_changed_without_the_file_system()
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();

        Assert.Equal(Errno.None, netlink.SetIpv4(Index(netlink), (Ipv4Setting.ArpIgnore, 1), (Ipv4Setting.ArpFilter, 1)));

        Assert.Equal("1 1", network.InA(() =>
            $"{File.ReadAllText("/proc/sys/net/ipv4/conf/eth0/arp_ignore").Trim()} {File.ReadAllText("/proc/sys/net/ipv4/conf/eth0/arp_filter").Trim()}"));
    }

    internal static int Index(Netlink netlink, string name = "eth0")
    {
        Assert.Equal(Errno.None, netlink.GetLink(name, out var link));
        return link!.Index;
    }

    internal static List<InterfaceAddress> List(Netlink netlink, int index, AddressFamily family)
    {
        var addresses = new List<InterfaceAddress>();
        Assert.Equal(Errno.None, netlink.GetAddresses(index, family, addresses));
        return addresses;
    }
}
