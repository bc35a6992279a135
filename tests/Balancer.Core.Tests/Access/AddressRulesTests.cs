using System.Net;
using Balancer.Http;
using Balancer.TestSupport;

namespace Balancer.Access;

public sealed class AddressRulesTests
{
    [Theory]
    [InlineData("allow = '10.0.0.0/8'", "11.0.0.1", null)]
    [InlineData("allow = '10.0.0.0/8'", "10.0.0.1", "allow 10.0.0.0/8")]
    [InlineData("allow = '10.0.0.0/8'\ndeny = 'all'", "10.0.0.1", "allow 10.0.0.0/8")]
    [InlineData("allow = '10.0.0.0/8'\ndeny = 'all'", "11.0.0.1", "deny all")]
    [InlineData("allow = '10.0.0.0/8'\ndeny = 'all'", "2001:db8::1", "deny all")]
    [InlineData("allow = '10.0.0.0/8'\ndeny = 'all'", "unix:", "deny all")]
    [InlineData("allow = '10.0.0.0/8'\ndeny = 'all'", "::ffff:10.0.0.1", "allow 10.0.0.0/8")]
    [InlineData("deny = 'all'\nallow = '10.0.0.0/8'", "10.0.0.1", "deny all")]
    [InlineData("deny = '10.0.0.13'\nallow = ['10.0.0.0/8', 'unix:']\naccess = 'deny all'", "10.0.0.13", "deny 10.0.0.13")]
    [InlineData("deny = '10.0.0.13'\nallow = ['10.0.0.0/8', 'unix:']\naccess = 'deny all'", "10.0.0.14", "allow 10.0.0.0/8")]
    [InlineData("deny = '10.0.0.13'\nallow = ['10.0.0.0/8', 'unix:']\naccess = 'deny all'", "unix:", "allow unix:")]
    [InlineData("deny = '10.0.0.13'\nallow = ['10.0.0.0/8', 'unix:']\naccess = 'deny all'", "192.0.2.1", "deny all")]
    [InlineData("access = ['allow 2001:db8::/32', 'deny 0.0.0.0/0']", "2001:db8::1", "allow 2001:db8::/32")]
    [InlineData("access = ['allow 2001:db8::/32', 'deny 0.0.0.0/0']", "2001:db9::1", null)]
    [InlineData("access = ['allow 2001:db8::/32', 'deny 0.0.0.0/0']", "192.0.2.1", "deny 0.0.0.0/0")]
    [InlineData("access = ['allow 2001:db8::/32', 'deny 0.0.0.0/0']", "unix:", null)]
    [InlineData("access = ['deny ::/0']", "192.0.2.1", null)]
    [InlineData("access = ['deny ::/0']", "2001:db9::1", "deny ::/0")]
    [InlineData("access = ['allow 10.1.0.0/16', 'deny 10.0.0.0/8', 'allow all']", "10.1.2.3", "allow 10.1.0.0/16")]
    [InlineData("access = ['allow 10.1.0.0/16', 'deny 10.0.0.0/8', 'allow all']", "10.2.2.3", "deny 10.0.0.0/8")]
    [InlineData("access = ['allow 10.1.0.0/16', 'deny 10.0.0.0/8', 'allow all']", "192.0.2.1", "allow all")]
    public void The_first_rule_in_the_order_of_the_file_decides(string toml, string client, string? expected)
    {
        var settings = ConfigurationText.LoadGood($"{toml}\n[[server]]").Settings;

        Assert.Equal(expected, new AddressRules(settings.Access.Rules!).Find(Client(client))?.Text);
    }

    [Fact]
    public void A_level_with_any_rule_replaces_those_of_the_level_above()
    {
        var config = ConfigurationText.LoadGood("""
            deny = "all"
            satisfy = "any"
            [[server]]
              [[server.location]]
              path = "/a"
              return = 204
              allow = "10.0.0.0/8"
              [[server.location]]
              path = "/b"
              return = 204
            """);
        var locations = config.Servers[0].Locations.Select(l => l.Settings.Over(config.Settings).Access).ToArray();

        Assert.Equal(["allow 10.0.0.0/8"], locations[0].Rules!.Select(r => r.ToString()));
        Assert.Equal(["deny all"], locations[1].Rules!.Select(r => r.ToString()));
        Assert.All(locations, l => Assert.Equal(Configuration.SatisfyMode.Any, l.Satisfy));
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        var rules = new AddressRules(ConfigurationText.LoadGood("allow = ['10.0.0.0/8', '2001:db8::/32']\ndeny = 'all'\n[[server]]").Settings.Access.Rules!);
        ClientAddress[] clients = [Client("10.0.0.1"), Client("192.0.2.1"), Client("2001:db8::1"), ClientAddress.Unix];

        Assert.Equal(0, Allocated.By(() =>
        {
            foreach (var client in clients)
            {
                rules.Find(client);
            }
        }));
    }

    private static ClientAddress Client(string text) => text == "unix:" ? ClientAddress.Unix : new ClientAddress(IPAddress.Parse(text), 1234);
}
