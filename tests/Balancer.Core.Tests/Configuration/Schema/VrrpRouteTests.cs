using Balancer.TestSupport;

namespace Balancer.Configuration.Schema;

/// <summary>Virtual routes as keepalived writes them; what is wrong with others is in Broken/vrrp-routes.toml.</summary>
public sealed class VrrpRouteTests
{
    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.0/24")]
    [InlineData("192.0.2.1", "192.0.2.1/32")]
    [InlineData("default via 10.0.1.254", "0.0.0.0/0 via 10.0.1.254")]
    [InlineData("default dev eth1", "0.0.0.0/0 dev eth1")]
    [InlineData("default via fe80::1", "::/0 via fe80::1")]
    [InlineData("default src 2001:db8::100", "::/0 src 2001:db8::100")]
    [InlineData("::/0 dev eth0", "::/0 dev eth0")]
    [InlineData("2001:db8::1 via fe80::1", "2001:db8::1/128 via fe80::1")]
    [InlineData("192.0.2.0/24 table 7 metric 0 src 10.0.1.100 dev eth1 via 10.0.1.254", "192.0.2.0/24 via 10.0.1.254 dev eth1 src 10.0.1.100 metric 0 table 7")]
    [InlineData("192.0.2.0/23 metric 4294967295 table 4294967295", "192.0.2.0/23 metric 4294967295 table 4294967295")]
    public void A_route_is_a_destination_and_words_in_any_order(string text, string written)
    {
        var config = ConfigurationText.LoadGood($"[vrrp_instance.VI_1]\ninterface = 'eth0'\nvirtual_router_id = 51\nvirtual_ipaddress = '10.0.1.100/24'\naccept = true\nvirtual_routes = ['{text}']\n[[server]]");

        var route = Assert.Single(config.VrrpInstances[0].Routes);
        Assert.Equal($"\"{written}\"", new VrrpRouteType().Write(route));
        Assert.True(config.VrrpInstances[0].Accepts);
    }
}
