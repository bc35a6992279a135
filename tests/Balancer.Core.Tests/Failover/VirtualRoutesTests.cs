using System.Net;
using Balancer.Configuration;
using Balancer.Failover.Linux;

namespace Balancer.Failover;

/// <summary>The routes of a virtual router whose eth0 is that of a namespace.</summary>
public sealed class VirtualRoutesTests : VirtualRouterTests
{
    private const string Instance = "VI_1";
    private static readonly VrrpRouteConfig Near = new(IPAddress.Parse("10.77.0.0"), 16) { Gateway = IPAddress.Parse("10.9.0.2") };
    private static readonly VrrpRouteConfig FromVip = new(IPAddress.Parse("10.78.0.0"), 16) { Source = IPAddress.Parse("10.9.0.100"), Metric = 50, Table = 7 };
    private static readonly VrrpRouteConfig Far = new(IPAddress.Parse("10.79.0.0"), 16) { Device = "eth1" };

    [NamespaceFact]
    public async Task Routes_come_with_the_addresses_and_go_before_them()
    {
        var routes = Routes(Near, FromVip);
        Assert.Equal("", Shown());

        Network.InA("addr add 10.9.0.100/24 dev eth0");
        routes.Take(0);
        Assert.Equal("10.77.0.0/16 via 10.9.0.2 dev eth0\n10.78.0.0/16 dev eth0 table 7 scope link src 10.9.0.100 metric 50", Shown());
        Assert.Equal(long.MaxValue, routes.RetryAt);

        routes.Release();
        Assert.Equal("", Shown());
        Assert.Empty(Ledger.Entries);
        await AssertLoggedAsync();
    }

    [NamespaceFact]
    public async Task A_route_that_cannot_be_added_is_tried_again_and_logged_once()
    {
        var routes = Routes(FromVip, Near);

        routes.Take(1000);
        Assert.Equal(1000 + VirtualRoutes.RetryInterval, routes.RetryAt);
        Assert.Equal("10.77.0.0/16 via 10.9.0.2 dev eth0", Shown());
        routes.Restore(2000);
        Assert.Equal(2000 + VirtualRoutes.RetryInterval, routes.RetryAt);

        Network.InA("addr add 10.9.0.100/24 dev eth0");
        routes.Restore(3000);
        Assert.Equal(long.MaxValue, routes.RetryAt);
        Assert.Contains("10.78.0.0/16", Shown(), StringComparison.Ordinal);
        await AssertLoggedAsync("vrrp-route-failed: a route could not be changed: instance=VI_1 what=add 10.78.0.0/16 metric 50 table 7 error=Invalid argument");
    }

    [NamespaceFact]
    public async Task A_route_of_another_stays_and_is_never_removed()
    {
        Network.InA("route add 10.77.0.0/16 dev eth0");
        var routes = Routes(Near);

        routes.Take(0);
        routes.Release();

        Assert.Contains("10.77.0.0/16 dev eth0", Network.InA("route"), StringComparison.Ordinal);
        Assert.Equal(long.MaxValue, routes.RetryAt);
        await AssertLoggedAsync("vrrp-route-failed: a route could not be changed: instance=VI_1 what=add 10.77.0.0/16 metric 0 table 254 error=there is one already, which is left to whom added it");
    }

    [NamespaceFact]
    public async Task What_goes_with_an_interface_comes_back_with_it()
    {
        Network.InA("link add eth1 type veth peer name eth2");
        Network.InA("link set eth2 up");
        Network.InA("link set eth1 up");
        var eth1 = Link("eth1");
        Links.Set(eth1);
        var routes = Routes(Far);
        routes.Take(0);
        Assert.True(routes.Uses(eth1.Index));
        Assert.False(routes.Uses(Link("eth0").Index));

        Network.InA("link set eth1 down");
        Assert.Equal("", Shown());
        routes.Restore(1000);
        Assert.Equal(1000 + VirtualRoutes.RetryInterval, routes.RetryAt);
        Network.InA("link set eth1 up");
        routes.Restore(2000);
        Assert.Equal("10.79.0.0/16 dev eth1 scope link", Shown());

        Links.Remove(eth1.Index);
        routes.Restore(3000);
        routes.Release();
        Assert.Equal("", Shown());
        await AssertLoggedAsync(
            "vrrp-route-failed: a route could not be changed: instance=VI_1 what=add 10.79.0.0/16 metric 0 table 254 error=Network is down",
            "vrrp-route-failed: a route could not be changed: instance=VI_1 what=add 10.79.0.0/16 metric 0 table 254 error=there is no interface 'eth1'");
    }

    [NamespaceFact]
    public void A_changed_configuration_changes_the_difference_alone()
    {
        var routes = Routes(Near);
        routes.Take(0);
        var direct = Near with { Gateway = null };

        routes.Configure(Config(direct, FromVip with { Source = null }));
        Assert.Equal("", Shown());
        routes.Restore(1000);
        Assert.Equal("10.77.0.0/16 dev eth0 scope link\n10.78.0.0/16 dev eth0 table 7 scope link metric 50", Shown());

        // One that stays is left alone: whoever has removed it by hand sees that.
        Network.InA("route del 10.77.0.0/16");
        routes.Configure(Config(direct));
        Assert.Equal("", Shown());
    }

    [NamespaceFact]
    public void Without_the_addresses_there_are_no_routes()
    {
        var routes = Routes(Near);

        routes.Configure(Config(Near, FromVip));
        routes.Restore(1000);

        Assert.Equal("", Shown());
        Assert.Equal(long.MaxValue, routes.RetryAt);
    }

    private static VrrpInstanceConfig Config(params VrrpRouteConfig[] routes) =>
        new() { Name = Instance, Location = SourceLocation.None, Interface = "eth0", Routes = routes };

    private VirtualRoutes Routes(params VrrpRouteConfig[] wanted)
    {
        var routes = new VirtualRoutes(Config(wanted), Services());
        routes.SetInterface(Link("eth0"));
        return routes;
    }

    /// <summary>The routes that bear the daemon's mark, in all tables, without it.</summary>
    private string Shown() => string.Join('\n', Network.InA("-4 route show table all").Split('\n')
        .Where(l => l.Contains(" proto 112", StringComparison.Ordinal))
        .Select(l => l.Replace(" proto 112", "", StringComparison.Ordinal).Trim()).Order(StringComparer.Ordinal));
}
