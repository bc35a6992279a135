using System.Net;

namespace Balancer.Proxy.SelfProbing;

public class ProbeTargetTests
{
    [Theory]
    [InlineData("0.0.0.0:80", "127.0.0.1:80")]
    [InlineData("[::]:80", "[::1]:80")]
    [InlineData("127.0.0.2:80", "127.0.0.2:80")]
    public void A_listener_on_all_addresses_is_probed_on_the_loopback_one(string listen, string probed)
    {
        var target = new ProbeTarget(IPEndPoint.Parse(listen));

        Assert.Equal(IPEndPoint.Parse(probed), target.EndPoint);
        Assert.True(target.IsHere());
    }

    [Theory]
    [InlineData("192.0.2.1:80")]
    [InlineData("[2001:db8::1]:80")]
    public void An_address_of_another_host_is_not_here(string listen)
    {
        Assert.False(new ProbeTarget(IPEndPoint.Parse(listen)).IsHere());
    }
}
