using Balancer.TestSupport;

namespace Balancer.Configuration.Schema;

/// <summary>The interface of a virtual hardware address; what is wrong with others is in Broken/vrrp-vmac.toml.</summary>
public sealed class VrrpVmacTests
{
    [Theory]
    [InlineData("", "10.0.1.100/24", null)]
    [InlineData("use_vmac = false", "10.0.1.100/24", null)]
    [InlineData("use_vmac = true", "10.0.1.100/24", "vrrp.51")]
    [InlineData("use_vmac = true", "fe80::100/64", "vrrp6.51")]
    [InlineData("use_vmac = 'vip'", "fe80::100/64", "vip")]
    public void It_is_named_after_the_virtual_router_or_as_is_written(string line, string address, string? name)
    {
        var config = ConfigurationText.LoadGood($"[vrrp_instance.VI_1]\ninterface = 'eth0'\nvirtual_router_id = 51\nvirtual_ipaddress = '{address}'\n{line}\n[[server]]");

        Assert.Equal(name, config.VrrpInstances[0].VirtualInterface);
    }
}
