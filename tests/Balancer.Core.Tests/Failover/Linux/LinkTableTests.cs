using System.Net.Sockets;

namespace Balancer.Failover.Linux;

public sealed class LinkTableTests : ILinkEvents
{
    private readonly LinkTable _table = new();
    private readonly List<string> _told = [];

    [Fact]
    public void What_is_not_listed_again_is_told_to_be_gone()
    {
        _table.BeginList();
        _table.Set(Link(1, "lo"));
        _table.Set(Link(2, "eth0"));
        _table.Set(Address(2, "10.9.0.1"));
        _table.Set(Address(2, "10.9.0.2"));
        _table.EndList(this);
        Assert.Empty(_told);

        _table.BeginList();
        _table.Set(Link(1, "lo"));
        _table.Set(Address(2, "10.9.0.2"));
        _table.EndList(this);

        Assert.Equal(["removed 10.9.0.1", "link 2 False"], _told);
        Assert.Null(_table.Find("eth0"));
        Assert.NotNull(_table.Find("lo"));
        Assert.False(_table.Has(2, VrrpSocketTests.Address("10.9.0.1"), 24));
        Assert.True(_table.Has(2, VrrpSocketTests.Address("10.9.0.2"), 24));
    }

    [Theory]
    [InlineData("10.9.0.1", 0u, 0, true)]
    [InlineData("10.9.0.1", 1u, 0, false)]
    [InlineData("10.9.0.1", 0u, 112, false)]
    [InlineData("fe80::1", 0u, 0, true)]
    [InlineData("fe80::1", 1u, 0, true)]
    [InlineData("fe80::1", 0x40u, 0, false)]
    [InlineData("fe80::1", 8u, 0, false)]
    [InlineData("fe80::1", 0u, 112, false)]
    [InlineData("fd00:9::1", 0u, 0, false)]
    public void Advertisements_come_from_own_addresses_that_are_usable(string text, uint flags, byte addedBy, bool expected)
    {
        var address = Address(2, text) with { Flags = flags, AddedBy = addedBy };
        _table.Set(address);

        Assert.Equal(expected ? address.Address : default, _table.PrimaryAddress(2, address.Address.Family));
        Assert.True(_table.PrimaryAddress(3, address.Address.Family).IsNone);
    }

    [Fact]
    public void The_first_address_stays_the_first_when_it_changes()
    {
        _table.Set(Address(2, "10.9.0.1"));
        _table.Set(Address(2, "10.8.0.1"));
        _table.Set(Address(2, "10.9.0.1") with { Flags = 0x80 });

        Assert.Equal("10.9.0.1", _table.PrimaryAddress(2, AddressFamily.InterNetwork).ToString());
        _table.Remove(Address(2, "10.9.0.1"));
        Assert.Equal("10.8.0.1", _table.PrimaryAddress(2, AddressFamily.InterNetwork).ToString());
        _table.Remove(2);
        Assert.True(_table.PrimaryAddress(2, AddressFamily.InterNetwork).IsNone);
    }

    void ILinkEvents.OnLink(int interfaceIndex, bool upAndRunning) => _told.Add($"link {interfaceIndex} {upAndRunning}");

    void ILinkEvents.OnAddressAdded(in InterfaceAddress address) => _told.Add($"added {address.Address}");

    void ILinkEvents.OnAddressRemoved(in InterfaceAddress address) => _told.Add($"removed {address.Address}");

    void ILinkEvents.OnLost() => _told.Add("lost");

    private static LinkInfo Link(int index, string name) => new() { Index = index, Name = name };

    private static InterfaceAddress Address(int index, string text) => new() { InterfaceIndex = index, Address = VrrpSocketTests.Address(text), PrefixLength = 24 };
}
