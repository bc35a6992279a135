using System.Net.Sockets;
using Balancer.Failover.Linux;

namespace Balancer.Failover;

/// <summary>The macvlan of a virtual router on the eth0 of a namespace.</summary>
public sealed class VirtualLinkTests : VirtualRouterTests
{
    private const string Name = "vrrp.51";
    private static readonly NetworkAddress Source = VrrpSocketTests.Address("10.9.0.1");

    [NamespaceFact]
    public void It_is_there_while_it_is_open_and_speaks_while_it_is_up()
    {
        var link = Make();

        Assert.Null(Open(link));
        Assert.Equal("00:00:5e:00:01:33", link.Link!.Hardware.ToString());
        Assert.Contains("state DOWN", Network.InA($"link show {Name}"), StringComparison.Ordinal);
        Assert.Null(link.Socket);

        Assert.Null(link.SetUp(true));
        Assert.Contains("state UP", Network.InA($"link show {Name}"), StringComparison.Ordinal);
        Assert.Equal(Errno.None, link.Socket!.Send(new byte[12], link.Socket.Group));
        Assert.Null(link.SetUp(false));
        Assert.Null(link.Socket);

        link.Close();
        Assert.DoesNotContain(Name, Network.InA("link"), StringComparison.Ordinal);
        Assert.Empty(Ledger.Entries);
        link.Close();
    }

    [NamespaceFact]
    public void It_is_made_anew_and_set_up_again_when_another_has_deleted_it()
    {
        var link = Make();
        Assert.Null(Open(link));
        Assert.Null(link.SetUp(true));
        var before = link.Link!.Index;

        Assert.Null(Open(link));
        Assert.Equal(before, link.Link.Index);
        Network.InA($"link del {Name}");
        Assert.Null(Open(link));

        Assert.NotEqual(before, link.Link.Index);
        Assert.Contains("state UP", Network.InA($"link show {Name}"), StringComparison.Ordinal);
        Assert.Equal(Errno.None, link.Socket!.Send(new byte[12], link.Socket.Group));
        link.Close();
    }

    [NamespaceFact]
    public void An_interface_of_another_of_that_name_is_left_alone()
    {
        Network.InA($"link add {Name} type veth peer name other");
        var link = Make();

        Assert.Equal($"cannot make the interface '{Name}': there is one of that name", Open(link));
        Assert.Null(link.SetUp(true));
        Assert.Null(link.Socket);
        link.Close();

        Assert.Contains(Name, Network.InA("link"), StringComparison.Ordinal);
    }

    private VirtualLink Make() => new(Name, 51, AddressFamily.InterNetwork, Services(), static _ => { });

    /// <summary>Opens it from within the namespace, as its socket stays where it was opened.</summary>
    private string? Open(VirtualLink link)
    {
        var eth0 = Link("eth0");
        return Network.InA(() => link.Open(eth0, Source) ?? "") is { Length: > 0 } error ? error : null;
    }
}
