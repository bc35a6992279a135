using Balancer.TestSupport;

namespace Balancer.Failover.Linux;

public sealed class AddressAnnouncerTests
{
    [NamespaceTheory]
    [InlineData("10.9.0.100")]
    [InlineData("fd00:9::100")]
    public async Task A_neighbour_that_knew_another_hardware_address_learns_the_new_one(string text)
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();
        using var announcer = network.InA(Open);
        network.InB($"neigh add {text} lladdr 02:00:00:00:00:99 dev eth0 nud reachable");

        Assert.Equal(Errno.None, announcer.Announce(NetlinkTests.Index(netlink), MacAddress.OfVirtualRouter(51, false), VrrpSocketTests.Address(text)));

        await Eventually.TrueAsync(
            () => network.InB($"neigh show {text}").Contains("lladdr 00:00:5e:00:01:33", StringComparison.Ordinal),
            () => network.InB("neigh show"));
    }

    [NamespaceFact]
    public void An_interface_that_is_down_or_gone_cannot_announce()
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();
        using var announcer = network.InA(Open);
        var address = VrrpSocketTests.Address("10.9.0.100");
        network.InA("link set eth0 down");

        Assert.Equal(Errno.NetworkDown, announcer.Announce(NetlinkTests.Index(netlink), default, address));
        Assert.Equal((Errno)6, announcer.Announce(4711, default, address)); // ENXIO
    }

    [NamespaceTheory]
    [InlineData("10.9.0.100")]
    [InlineData("fd00:9::100")]
    public void Announcing_allocates_nothing(string text)
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();
        using var announcer = network.InA(Open);
        var (index, address) = (NetlinkTests.Index(netlink), VrrpSocketTests.Address(text));

        Assert.Equal(0, Allocated.By(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                announcer.Announce(index, default, address);
            }
        }));
    }

    private static AddressAnnouncer Open() =>
        AddressAnnouncer.TryOpen(out var announcer, out var error) ? announcer : throw new InvalidOperationException(error);
}
