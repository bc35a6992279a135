namespace Balancer.Failover.Linux;

public sealed class OwnedAddressesTests : IDisposable
{
    private static readonly NetworkAddress Vip = VrrpSocketTests.Address("10.9.0.100");
    private static readonly NetworkAddress Vip6 = VrrpSocketTests.Address("fd00:9::100");
    private static readonly MacAddress Hardware = MacAddress.OfVirtualRouter(51, ipv6: false);

    private readonly string _folder = Directory.CreateTempSubdirectory("bal-").FullName;
    private readonly List<string> _errors = [];
    private readonly TestNetwork? _network;
    private readonly Netlink? _netlink;

    public OwnedAddressesTests()
    {
        if (NamespaceFactAttribute.ReasonToSkip is null)
        {
            _network = new TestNetwork();
            _netlink = _network.NetlinkOfA();
        }
    }

    private TestNetwork Network => _network!;

    private Netlink Netlink => _netlink!;

    private string File => Path.Combine(_folder, "vrrp-addresses");

    public void Dispose()
    {
        _netlink?.Dispose();
        _network?.Dispose();
        Directory.Delete(_folder, recursive: true);
        Assert.Empty(_errors);
    }

    [NamespaceFact]
    public void After_a_crash_everything_the_daemon_added_is_removed_and_nothing_else()
    {
        var before = Everything();
        Network.InA("addr add 10.9.0.50/32 dev eth0");
        Network.InA("route add 10.78.0.0/16 dev eth0");
        var foreign = Everything();
        using (var crashed = Open())
        {
            var owned = Own(crashed);
            var eth0 = NetlinkTests.Index(Netlink);
            Assert.Equal(Errno.None, owned.AddMacvlan("vrrp.51", "eth0", Hardware, out var vmac));
            Assert.Equal(Errno.None, owned.AddAddress(vmac, "vrrp.51", VrrpSocketTests.Address("10.9.0.101"), 32));
            Assert.Equal(Errno.None, owned.AddAddress(eth0, "eth0", Vip, 24, "eth0:vip"));
            Assert.Equal(Errno.None, owned.AddAddress(eth0, "eth0", Vip6, 64));
            Assert.Equal(Errno.None, owned.AddRoute("eth0", RouteTo("10.77.0.0", eth0)));
            Assert.Equal(Errno.Exists, owned.AddRoute("eth0", RouteTo("10.78.0.0", eth0)));
            Assert.Equal(Errno.Exists, owned.AddAddress(eth0, "eth0", VrrpSocketTests.Address("10.9.0.50"), 32));
            Assert.NotEqual(foreign, Everything());
        }

        using var ledger = Open();
        var results = Own(ledger).CleanUp();

        Assert.Equal(foreign, Everything());
        Assert.NotEqual(before, foreign);
        Assert.Equal(
            [
                "removed route eth0 10.77.0.0/16 via - src - metric 0 table 254",
                "removed address vrrp.51 10.9.0.101/32",
                "removed address eth0 10.9.0.100/24",
                "removed address eth0 fd00:9::100/64",
                "removed macvlan vrrp.51 00:00:5e:00:01:33 on eth0",
                "removed setting eth0 ArpIgnore 1 was 0",
                "removed setting eth0 ArpAnnounce 2 was 0",
            ],
            results.Select(r => r.ToString()));
        Assert.Empty(ledger.Entries);
        Assert.Empty(Own(ledger).CleanUp());
    }

    [NamespaceTheory]
    [InlineData("adding")]
    [InlineData("added")]
    public void What_the_ledger_names_but_another_has_added_stays(string step)
    {
        Network.InA("addr add 10.9.0.100/24 dev eth0");
        Network.InA("addr add fd00:9::100/64 dev eth0 nodad");
        Network.InA("route add 10.77.0.0/16 dev eth0");
        Network.InA("link add vrrp.51 link eth0 address 02:00:00:00:00:77 type macvlan mode private");
        System.IO.File.WriteAllText(
            File,
            $"""
            {step} address eth0 10.9.0.100/24
            {step} address eth0 fd00:9::100/64
            {step} address eth1 10.9.0.100/24
            {step} route eth0 10.77.0.0/16 via - src - metric 0 table 254
            {step} route eth1 10.77.0.0/16 via - src - metric 0 table 254
            {step} macvlan vrrp.51 00:00:5e:00:01:33 on eth0
            {step} setting eth0 ArpIgnore 2 was 1

            """);
        var before = Everything();

        using var ledger = Open();

        Assert.Empty(Own(ledger).CleanUp());
        Assert.Equal(before, Everything());
        Assert.Empty(ledger.Entries);
    }

    [NamespaceFact]
    public void An_address_that_was_added_but_not_confirmed_is_removed()
    {
        Assert.Equal(Errno.None, Netlink.AddAddress(NetlinkTests.Index(Netlink), Vip, 24));
        System.IO.File.WriteAllText(File, "adding address eth0 10.9.0.100/24\n");

        using var ledger = Open();

        Assert.Equal("removed address eth0 10.9.0.100/24", Assert.Single(Own(ledger).CleanUp()).ToString());
    }

    [NamespaceFact]
    public void An_address_is_added_again_when_another_has_removed_it()
    {
        using var ledger = Open();
        var owned = Own(ledger);
        var eth0 = NetlinkTests.Index(Netlink);

        Assert.Equal(Errno.None, owned.AddAddress(eth0, "eth0", Vip, 24));
        Assert.Equal(Errno.None, owned.AddAddress(eth0, "eth0", Vip, 24));
        Network.InA("addr del 10.9.0.100/24 dev eth0");
        Assert.Equal(Errno.None, owned.AddAddress(eth0, "eth0", Vip, 24));

        Assert.Contains("10.9.0.100/24", Everything(), StringComparison.Ordinal);
        Assert.True(owned.Owns("eth0", Vip, 24));
        Assert.Equal(Errno.None, owned.RemoveAddress("eth0", Vip, 24));
        Assert.False(owned.Owns("eth0", Vip, 24));
        Assert.DoesNotContain("10.9.0.100/24", Everything(), StringComparison.Ordinal);
    }

    [NamespaceFact]
    public void An_address_that_another_put_in_the_place_of_ours_stays()
    {
        using var ledger = Open();
        var owned = Own(ledger);
        Assert.Equal(Errno.None, owned.AddAddress(NetlinkTests.Index(Netlink), "eth0", Vip, 24));
        Network.InA("addr del 10.9.0.100/24 dev eth0");
        Network.InA("addr add 10.9.0.100/24 dev eth0");

        Assert.Equal(Errno.None, owned.RemoveAddress("eth0", Vip, 24));

        Assert.Contains("10.9.0.100/24", Everything(), StringComparison.Ordinal);
        Assert.Empty(ledger.Entries);
    }

    [NamespaceFact]
    public void Other_addresses_of_a_network_outlive_the_one_that_was_first()
    {
        using var ledger = Open();
        var owned = Own(ledger);
        Network.InA(() =>
        {
            System.IO.File.WriteAllText("/proc/sys/net/ipv4/conf/eth0/promote_secondaries", "0");
            System.IO.File.WriteAllText("/proc/sys/net/ipv4/conf/all/promote_secondaries", "0");
            return 0;
        });
        Assert.Equal(Errno.None, owned.AddAddress(NetlinkTests.Index(Netlink), "eth0", VrrpSocketTests.Address("10.50.0.100"), 24));
        Network.InA("addr add 10.50.0.7/24 dev eth0");

        Assert.Equal(Errno.None, owned.RemoveAddress("eth0", VrrpSocketTests.Address("10.50.0.100"), 24));

        Assert.Contains("10.50.0.7/24", Everything(), StringComparison.Ordinal);
        Assert.Equal("0", Network.InA(() => System.IO.File.ReadAllText("/proc/sys/net/ipv4/conf/eth0/promote_secondaries").Trim()));
    }

    [NamespaceFact]
    public void The_parent_of_macvlans_has_its_setting_back_with_the_last_of_them()
    {
        using var ledger = Open();
        var owned = Own(ledger);
        var other = MacAddress.OfVirtualRouter(52, ipv6: true);

        Assert.Equal(Errno.None, owned.AddMacvlan("vrrp.51", "eth0", Hardware, out var index));
        Assert.Equal(Errno.None, owned.AddMacvlan("vrrp.51", "eth0", Hardware, out var same));
        Assert.Equal(Errno.None, owned.AddMacvlan("vrrp6.52", "eth0", other, out _));
        Assert.Equal(index, same);
        Assert.Equal(Errno.None, owned.RemoveMacvlan("vrrp.51", "eth0", Hardware));
        Assert.Equal(1, ArpIgnore());
        Assert.Equal(Errno.None, owned.RemoveMacvlan("vrrp6.52", "eth0", other));
        Assert.Equal(0, ArpIgnore());

        Assert.Empty(ledger.Entries);
        Assert.Equal(Errno.NoSuchDevice, owned.AddMacvlan("vrrp.51", "eth1", Hardware, out _));
        Assert.Equal(Errno.None, owned.RemoveRoute("eth0", RouteTo("10.77.0.0", 0)));
    }

    [NamespaceFact]
    public void A_ledger_that_cannot_be_written_keeps_no_address_from_being_added()
    {
        using var ledger = Open();
        var owned = Own(ledger);
        Directory.Delete(_folder, recursive: true);
        for (var i = 0; i < 400; i++)
        {
            Assert.Equal(Errno.None, owned.AddAddress(NetlinkTests.Index(Netlink), "eth0", Vip, 24));
            Assert.Equal(Errno.None, owned.RemoveAddress("eth0", Vip, 24));
        }

        Assert.NotEmpty(_errors);
        _errors.Clear();
        Directory.CreateDirectory(_folder);
    }

    private static Route RouteTo(string network, int index) => new() { Destination = VrrpSocketTests.Address(network), PrefixLength = 16, InterfaceIndex = index };

    private int ArpIgnore()
    {
        Assert.Equal(Errno.None, Netlink.GetLink("eth0", out var link));
        return link!.Ipv4Settings[(int)Ipv4Setting.ArpIgnore - 1];
    }

    private AddressLedger Open() => AddressLedger.TryOpen(File, out var ledger, out var error) ? ledger : throw new InvalidOperationException(error);

    private OwnedAddresses Own(AddressLedger ledger) => new(Netlink, ledger, _errors.Add);

    private string Everything() => string.Join('\n', Network.InA("-br addr"), Network.InA("-4 route"), Network.InA("-6 route"), ArpIgnore());
}
