using System.Net;
using System.Text;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Http.Http1;

namespace Balancer.Routing;

public sealed class RealIpTests
{
    private static readonly TrustedAddressConfig[] s_trusted =
    [
        new(IPNetwork.Parse("10.0.0.0/8")),
        new(IPNetwork.Parse("192.168.1.1/32")),
        new(IPNetwork.Parse("2001:db8::/32")),
        new(null),
    ];

    [Theory]
    [InlineData("10.0.0.1", "X-Real-IP", false, "X-Real-IP: 1.2.3.4", "1.2.3.4")]
    [InlineData("11.0.0.1", "X-Real-IP", false, "X-Real-IP: 1.2.3.4", "11.0.0.1")]
    [InlineData("10.0.0.1", "X-Real-IP", false, "X-Forwarded-For: 1.2.3.4", "10.0.0.1")]
    [InlineData("10.0.0.1", null, false, "X-Real-IP: 1.2.3.4\nX-Real-IP: 5.6.7.8", "1.2.3.4")]
    [InlineData("10.0.0.1", "X-Real-IP", false, "X-Real-IP: 9.9.9.9, 1.2.3.4", "1.2.3.4")]
    [InlineData("10.0.0.1", "X-Real-IP", false, "X-Real-IP: 1.2.3.4:5678", "1.2.3.4")]
    [InlineData("10.0.0.1", "X-Real-IP", false, "X-Real-IP: 2001:db9::1", "2001:db9::1")]
    [InlineData("10.0.0.1", "X-Real-IP", false, "X-Real-IP: [2001:db9::1]:80", "2001:db9::1")]
    [InlineData("10.0.0.1", "X-Real-IP", false, "X-Real-IP: [2001:db9::1]", "2001:db9::1")]
    [InlineData("10.0.0.1", "X-Real-IP", false, "X-Real-IP: ::ffff:1.2.3.4", "1.2.3.4")]
    [InlineData("10.0.0.1", "X-Real-IP", false, "X-Real-IP: unknown", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Real-IP", false, "X-Real-IP:", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Real-IP", false, "X-Real-IP: 1.2.3", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Real-IP", false, "X-Real-IP: 1.2.3.256", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Real-IP", false, "X-Real-IP: 1.2.3.4:0", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Real-IP", false, "X-Real-IP: 1.2.3.4:x", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Real-IP", false, "X-Real-IP: 0x1.2.3.4", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Real-IP", false, "X-Real-IP: fe80::1%eth0", "10.0.0.1")]
    [InlineData("10.0.0.1", "CF-Connecting-IP", false, "cf-connecting-ip: 1.2.3.4", "1.2.3.4")]
    [InlineData("10.0.0.1", "X_Client", false, "X_Client: 1.2.3.4", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For", false, "X-Forwarded-For: 9.9.9.9, 1.2.3.4", "1.2.3.4")]
    [InlineData("10.0.0.1", "X-Forwarded-For", false, "X-Forwarded-For: 9.9.9.9, 10.2.3.4", "10.2.3.4")]
    [InlineData("10.0.0.1", "X-Forwarded-For", false, "X-Forwarded-For: 9.9.9.9\nX-Forwarded-For: 1.2.3.4", "1.2.3.4")]
    [InlineData("10.0.0.1", "X-Forwarded-For", false, "X-Forwarded-For: 9.9.9.9,1.2.3.4 , ", "1.2.3.4")]
    [InlineData("10.0.0.1", "X-Forwarded-For", false, "X-Forwarded-For: 9.9.9.9, bad", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For", true, "X-Forwarded-For: 9.9.9.9, 1.2.3.4, 10.2.3.4", "1.2.3.4")]
    [InlineData("10.0.0.1", "X-Forwarded-For", true, "X-Forwarded-For: 10.1.1.1, 10.2.3.4", "10.1.1.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For", true, "X-Forwarded-For: bad, 10.2.3.4", "10.2.3.4")]
    [InlineData("10.0.0.1", "X-Forwarded-For", true, "X-Forwarded-For: 1.2.3.4\nX-Forwarded-For: 10.2.3.4, 192.168.1.1", "1.2.3.4")]
    [InlineData("10.0.0.1", "X-Forwarded-For", true, "X-Forwarded-For: 1.2.3.4\nX-Forwarded-For: 5.6.7.8", "5.6.7.8")]
    [InlineData("10.0.0.1", "X-Forwarded-For", true, "X-Forwarded-For: 1.2.3.4\nX-Forwarded-For: bad", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For", true, "X-Forwarded-For: bad\nX-Forwarded-For: 10.9.9.9", "10.9.9.9")]
    [InlineData("10.0.0.1", "X-Real-IP", true, "X-Real-IP: 1.2.3.4 10.2.3.4", "1.2.3.4")]
    [InlineData("2001:db8::5", "X-Forwarded-For", true, "X-Forwarded-For: 2001:db9::1, 2001:db8:1::1", "2001:db9::1")]
    [InlineData("::ffff:10.0.0.1", "X-Real-IP", false, "X-Real-IP: 1.2.3.4", "1.2.3.4")]
    [InlineData("unix:", "X-Real-IP", false, "X-Real-IP: 1.2.3.4", "1.2.3.4")]
    [InlineData("10.0.0.1", "proxy_protocol", false, "X-Real-IP: 1.2.3.4", "7.7.7.7")]
    [InlineData("11.0.0.1", "proxy_protocol", false, "X-Real-IP: 1.2.3.4", "11.0.0.1")]
    public void Client_is_the_one_nginx_finds(string peer, string? header, bool recursive, string fields, string expected)
    {
        var realIp = new RealIp(s_trusted, header, recursive);

        var client = realIp.Resolve(Head(fields), Connection(peer), previous: null);

        Assert.Equal(expected, Encoding.ASCII.GetString(client.Text));
    }

    [Fact]
    public void Port_is_taken_over()
    {
        var realIp = new RealIp(s_trusted, "X-Forwarded-For", recursive: false);

        Assert.Equal(5678, realIp.Resolve(Head("X-Forwarded-For: 1.2.3.4:5678"), Connection("10.0.0.1"), null).Port);
        Assert.Equal(0, realIp.Resolve(Head("X-Forwarded-For: 1.2.3.4"), Connection("10.0.0.1"), null).Port);
    }

    [Fact]
    public void Same_client_again_is_the_same_object_and_costs_no_allocation()
    {
        var realIp = new RealIp(s_trusted, "X-Forwarded-For", recursive: true);
        var head = Head("X-Forwarded-For: 1.2.3.4, 10.1.1.1");
        var connection = Connection("10.0.0.1");
        var first = realIp.Resolve(head, connection, null);
        realIp.Resolve(head, connection, first);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var second = realIp.Resolve(head, connection, first);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Same(first, second);
        Assert.Equal(0, allocated);
        Assert.NotSame(first, realIp.Resolve(Head("X-Forwarded-For: 1.2.3.5"), connection, first));
    }

    [Fact]
    public void Nothing_trusted_leaves_the_peer()
    {
        var connection = Connection("10.0.0.1");

        Assert.Same(connection.Peer, new RealIp([], null, false).Resolve(Head("X-Real-IP: 1.2.3.4"), connection, null));
        Assert.Same(ClientAddress.Unix, new RealIp([], null, false).Resolve(Head("X-Real-IP: 1.2.3.4"), Connection("unix:"), null));
    }

    private static DownstreamConnection Connection(string peer) => new()
    {
        Peer = peer == "unix:" ? ClientAddress.Unix : new ClientAddress(IPAddress.Parse(peer), 1),
        Local = ClientAddress.Unix,
        ProxyProtocolSource = new ClientAddress(IPAddress.Parse("7.7.7.7"), 7),
    };

    private static RequestHead Head(string fields)
    {
        var data = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: h\r\n" + fields.ReplaceLineEndings("\r\n") + "\r\n\r\n");
        var head = new RequestHead();
        Assert.Equal(HeadParseStatus.Complete, new Http1RequestParser(HeadLimits.Requests).Parse(data, head).Status);
        head.Own(data);
        return head;
    }
}
