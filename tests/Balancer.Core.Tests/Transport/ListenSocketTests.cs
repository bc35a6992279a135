using System.Net;
using System.Net.Sockets;
using Balancer.Configuration;

namespace Balancer.Transport;

public sealed class ListenSocketTests
{
    [Fact]
    public void An_address_in_use_is_refused()
    {
        using var first = ListenSocket.Open(Listen(new IPEndPoint(IPAddress.Loopback, 0)));

        var failure = Assert.Throws<SocketException>(() => ListenSocket.Open(Listen(first.LocalEndPoint!)));

        Assert.Equal(SocketError.AddressAlreadyInUse, failure.SocketErrorCode);
    }

    [Fact]
    public void An_address_of_another_machine_is_refused()
    {
        var failure = Assert.Throws<SocketException>(() => ListenSocket.Open(Listen(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0))));

        Assert.Equal(SocketError.AddressNotAvailable, failure.SocketErrorCode);
    }

    [Fact]
    public void With_reuseport_several_share_an_address()
    {
        using var first = ListenSocket.Open(Listen(new IPEndPoint(IPAddress.Loopback, 0)) with { ReusePort = true });
        using var second = ListenSocket.Open(Listen(first.LocalEndPoint!) with { ReusePort = true });

        Assert.Equal(first.LocalEndPoint, second.LocalEndPoint);
    }

    [Fact]
    public void Keepalive_is_set_as_written()
    {
        var keepalive = new KeepaliveSocketConfig(true, TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(5), 7);
        using var socket = ListenSocket.Open(Listen(new IPEndPoint(IPAddress.Loopback, 0)) with { SoKeepalive = keepalive });
        using var client = Connect(socket.LocalEndPoint!);
        using var accepted = socket.Accept();

        Assert.Equal(1, (int)accepted.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!);
        Assert.Equal(1800, (int)accepted.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime)!);
        Assert.Equal(5, (int)accepted.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval)!);
        Assert.Equal(7, (int)accepted.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount)!);
        Assert.True(accepted.NoDelay);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void An_IPv6_wildcard_takes_IPv4_when_told_so(bool isIpv6Only, bool takesIpv4)
    {
        using var socket = ListenSocket.Open(Listen(new IPEndPoint(IPAddress.IPv6Any, 0)) with { Ipv6Only = isIpv6Only });

        var isConnected = true;
        try
        {
            Connect(new IPEndPoint(IPAddress.Loopback, ((IPEndPoint)socket.LocalEndPoint!).Port)).Dispose();
        }
        catch (SocketException)
        {
            isConnected = false;
        }

        Assert.Equal(takesIpv4, isConnected);
    }

    [Fact]
    public void A_unix_socket_left_behind_is_replaced_and_one_in_use_is_not()
    {
        var path = Path.Combine(Path.GetTempPath(), $"balancer-{Guid.NewGuid():N}.sock");
        try
        {
            // A process that dies does not remove its socket.
            var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            left.Bind(new UnixDomainSocketEndPoint(path));
            left.SafeHandle.Dispose();
            Assert.True(File.Exists(path));

            using var socket = ListenSocket.Open(Listen(new UnixDomainSocketEndPoint(path)));
            Connect(new UnixDomainSocketEndPoint(path)).Dispose();
            Assert.Throws<SocketException>(() => ListenSocket.Open(Listen(new UnixDomainSocketEndPoint(path))));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_that_is_no_socket_is_left_alone()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "precious");

            Assert.Throws<SocketException>(() => ListenSocket.Open(Listen(new UnixDomainSocketEndPoint(path))));

            Assert.Equal("precious", File.ReadAllText(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static ListenConfig Listen(EndPoint endPoint) => new() { Source = SourceLocation.None, EndPoint = endPoint };

    private static Socket Connect(EndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, endPoint is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp);
        socket.Connect(endPoint);
        return socket;
    }
}
