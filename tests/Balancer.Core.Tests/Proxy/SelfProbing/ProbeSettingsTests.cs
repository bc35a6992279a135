using Balancer.TestSupport;

namespace Balancer.Proxy.SelfProbing;

public class ProbeSettingsTests
{
    [Theory]
    [InlineData(3000, "100ms", 100, 3000)]
    [InlineData(3000, "20ms", 100, 3000)]
    [InlineData(3000, "1s", 1000, 3000)]
    [InlineData(9000, "10s", 1000, 9000)]
    [InlineData(1500, "1s", 500, 1500)]
    public void Probes_come_as_often_as_advertisements_within_bounds(int timeout, string advertInterval, int interval, int expectedTimeout)
    {
        var settings = ProbeSettings.Of(ConfigurationText.LoadGood(Instance("a", 1, advertInterval, $"{timeout}ms") + Server));

        Assert.Equal(new ProbeSettings(TimeSpan.FromMilliseconds(interval), TimeSpan.FromMilliseconds(expectedTimeout)), settings);
        Assert.Equal(expectedTimeout / 3, settings!.Patience.TotalMilliseconds);
    }

    [Fact]
    public void The_most_impatient_instance_decides_and_those_without_do_not()
    {
        var config = ConfigurationText.LoadGood(Instance("a", 1, "200ms", "6s") + Instance("b", 2, "500ms", "2s") + Instance("c", 3, "100ms", "0") + Server);

        Assert.Equal(new ProbeSettings(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2)), ProbeSettings.Of(config));
    }

    [Fact]
    public void Nothing_is_probed_without_virtual_routers_or_when_all_of_them_do_without()
    {
        Assert.Null(ProbeSettings.Of(ConfigurationText.LoadGood(Server)));
        Assert.Null(ProbeSettings.Of(ConfigurationText.LoadGood(Instance("a", 1, "1s", "0") + Server)));
    }

    private const string Server = "[[server]]\nlisten = \"127.0.0.1:0\"\nreturn = 204\n";

    private static string Instance(string name, int id, string interval, string timeout) => $"""
        [vrrp_instance.{name}]
        interface = "eth0"
        virtual_router_id = {id}
        version = 3
        advert_int = "{interval}"
        virtual_ipaddress = ["10.0.1.10{id}/24"]
        self_probe_timeout = "{timeout}"

        """;
}
