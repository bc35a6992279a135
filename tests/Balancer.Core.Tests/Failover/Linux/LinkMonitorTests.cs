using System.Diagnostics;
using System.Net.Sockets;

namespace Balancer.Failover.Linux;

public sealed class LinkMonitorTests
{
    [NamespaceFact]
    public void It_begins_with_what_there_is()
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();
        using var monitor = network.InA(Open);
        var events = new RecordedLinkEvents(monitor);
        var eth0 = NetlinkTests.Index(netlink);

        Assert.False(monitor.IsComplete);
        monitor.Read(events);

        Assert.True(monitor.IsComplete);
        Assert.True(events.Links[eth0]);
        Assert.Contains(VrrpSocketTests.Address("10.9.0.1"), events.Addresses);
        Assert.Contains(VrrpSocketTests.Address("fe80::1"), events.Addresses);
        Assert.Equal((eth0, "02:00:00:00:00:01", true), (monitor.Links.Find("eth0")!.Index, monitor.Links.Find("eth0")!.Hardware.ToString(), monitor.Links.Find("eth0")!.IsUpAndRunning));
        Assert.Equal("10.9.0.1", monitor.Links.PrimaryAddress(eth0, AddressFamily.InterNetwork).ToString());
        Assert.Equal("fe80::1", monitor.Links.PrimaryAddress(eth0, AddressFamily.InterNetworkV6).ToString());
    }

    [NamespaceFact]
    public void What_is_known_follows_what_happens()
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();
        using var monitor = network.InA(Open);
        var events = new RecordedLinkEvents(monitor);
        var (eth0, vip) = (NetlinkTests.Index(netlink), VrrpSocketTests.Address("10.9.0.100"));
        monitor.Read(events);

        Assert.Equal(Errno.None, netlink.AddAddress(eth0, vip, 24));
        events.WaitFor(() => monitor.Links.Has(eth0, vip, 24));
        network.InA("addr del 10.9.0.1/24 dev eth0");
        events.WaitFor(() => monitor.Links.PrimaryAddress(eth0, AddressFamily.InterNetwork).IsNone);
        network.InA("addr add 10.9.1.7/24 dev eth0");
        events.WaitFor(() => monitor.Links.PrimaryAddress(eth0, AddressFamily.InterNetwork).ToString() == "10.9.1.7");
        network.InB("link set eth0 down");
        events.WaitFor(() => !monitor.Links.Find("eth0")!.IsUpAndRunning);
        network.InA("link set eth0 down");
        network.InA("link set eth0 name wan");
        events.WaitFor(() => monitor.Links.Find("wan")?.Index == eth0 && monitor.Links.Find("eth0") is null);
        network.InA("link del wan");
        events.WaitFor(() => monitor.Links.Find("wan") is null);
        Assert.True(monitor.IsComplete);
    }

    [NamespaceTheory]
    [InlineData("a", "link set eth0 down")]
    [InlineData("b", "link set eth0 down")]
    [InlineData("a", "link del eth0")]
    public void A_lost_link_is_told_within_100_milliseconds(string side, string how)
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();
        using var monitor = network.InA(Open);
        var events = new RecordedLinkEvents(monitor);
        var eth0 = NetlinkTests.Index(netlink);
        events.WaitFor(() => events.Links.GetValueOrDefault(eth0) && events.Addresses.Count >= 3);

        // From when ip has ended, for the time it takes to start is none of ours.
        var seen = Task.Run(() =>
        {
            events.WaitFor(() => !events.Links[eth0]);
            return Stopwatch.GetTimestamp();
        });
        _ = side == "a" ? network.InA(how) : network.InB(how);
        var end = Stopwatch.GetTimestamp();

        Assert.InRange(Stopwatch.GetElapsedTime(end, seen.Result).TotalMilliseconds, double.MinValue, 100);
    }

    [NamespaceTheory]
    [InlineData("addr add 10.9.0.100/32 dev eth0", "addr del 10.9.0.100/32 dev eth0", "10.9.0.100")]
    [InlineData("addr add fd00:9::100/128 dev eth0 nodad", "addr del fd00:9::100/128 dev eth0", "fd00:9::100")]
    public void An_address_another_removes_is_told(string add, string remove, string text)
    {
        using var network = new TestNetwork();
        using var monitor = network.InA(Open);
        var events = new RecordedLinkEvents(monitor);
        var address = VrrpSocketTests.Address(text);

        network.InA(add);
        events.WaitFor(() => events.Addresses.Contains(address));
        network.InA(remove);
        events.WaitFor(() => events.Removed.Contains(address));
    }

    [NamespaceFact]
    public void When_events_were_lost_everything_is_told_again()
    {
        using var network = new TestNetwork();
        using var netlink = network.NetlinkOfA();
        using var monitor = network.InA(Open);
        var events = new RecordedLinkEvents(monitor);
        var (eth0, address) = (NetlinkTests.Index(netlink), VrrpSocketTests.Address("10.9.0.100"));
        events.WaitFor(() => events.Addresses.Count >= 3);

        // More than fits into the socket while nobody reads.
        for (var i = 0; i < 8_000; i++)
        {
            Assert.Equal(Errno.None, netlink.AddAddress(eth0, address, 32));
            Assert.Equal(Errno.None, netlink.DeleteAddress(eth0, address, 32));
        }

        network.InA("addr del 10.9.0.1/24 dev eth0");
        network.InB("link set eth0 down");
        events.Clear();
        events.WaitFor(() => events.Losses > 0 && events.Links.TryGetValue(eth0, out var up) && !up && events.Addresses.Count >= 3);

        events.WaitFor(() => events.Removed.Contains(VrrpSocketTests.Address("10.9.0.1")) && monitor.IsComplete);
        Assert.False(monitor.Links.Has(eth0, address, 32));
        network.InB("link set eth0 up");
        events.WaitFor(() => events.Links[eth0]);
    }

    private static LinkMonitor Open() => LinkMonitor.TryOpen(out var monitor, out var error) ? monitor : throw new InvalidOperationException(error);
}
