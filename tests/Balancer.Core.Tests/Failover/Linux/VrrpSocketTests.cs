using System.Net.Sockets;
using Balancer.TestSupport;

namespace Balancer.Failover.Linux;

public sealed class VrrpSocketTests
{
    // A whole advertisement of version 3; of IPv6 the kernel writes the two bytes of the checksum.
    private static readonly byte[] Advertisement = Convert.FromHexString("31336e0100640000" + "0a090064");

    [Theory]
    [InlineData("45c0002000000000ff70" + "0000" + "0a090001" + "e0000012" + "31336e0100646b610a090064", 20, 12, 255, "10.9.0.1", "224.0.0.18")]
    [InlineData("46c0002400000000fe70" + "0000" + "0a090001" + "e0000012" + "94040000" + "31336e0100646b610a090064", 24, 12, 254, "10.9.0.1", "224.0.0.18")]
    [InlineData("45c0001400000000ff70" + "0000" + "0a090001" + "0a090002", 20, 0, 255, "10.9.0.1", "10.9.0.2")]
    [InlineData("45c0001800000000ff70" + "0000" + "0a090001" + "0a090002" + "01020304ffff", 20, 4, 255, "10.9.0.1", "10.9.0.2")]
    [InlineData("45c000ff00000000ff70" + "0000" + "0a090001" + "0a090002" + "01020304", 20, 4, 255, "10.9.0.1", "10.9.0.2")]
    public void The_header_before_an_IPv4_payload_is_read(string packet, int offset, int length, byte ttl, string source, string destination)
    {
        Assert.True(VrrpSocket.TryReadIpv4(Convert.FromHexString(packet), out var datagram));

        Assert.Equal((offset, length, ttl), (datagram.Offset, datagram.Length, datagram.Ttl));
        Assert.Equal((source, destination), (datagram.Source.ToString(), datagram.Destination.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("45c0001400000000ff7000000a0900010a0900")]
    [InlineData("65c0001400000000ff7000000a0900010a090002")]
    [InlineData("44c0001400000000ff7000000a0900010a090002")]
    [InlineData("4fc0001400000000ff7000000a0900010a090002")]
    [InlineData("45c0001300000000ff7000000a0900010a090002")]
    public void What_has_no_IPv4_header_is_no_datagram(string packet) =>
        Assert.False(VrrpSocket.TryReadIpv4(Convert.FromHexString(packet), out _));

    [NamespaceTheory]
    [InlineData(AddressFamily.InterNetwork, null, "10.9.0.1", null)]
    [InlineData(AddressFamily.InterNetwork, null, "10.9.0.7", "10.9.0.7")]
    [InlineData(AddressFamily.InterNetwork, "10.9.0.2", "10.9.0.1", null)]
    [InlineData(AddressFamily.InterNetwork, "10.9.0.2", "10.9.0.7", "10.9.0.7")]
    [InlineData(AddressFamily.InterNetworkV6, null, "fe80::1", "fe80::1")]
    [InlineData(AddressFamily.InterNetworkV6, "fe80::2", "fe80::1", null)]
    [InlineData(AddressFamily.InterNetworkV6, "fd00:9::2", "fd00:9::7", "fd00:9::7")]
    public void An_advertisement_arrives_with_its_addresses_and_a_TTL_of_255(AddressFamily family, string? to, string from, string? source)
    {
        using var network = new TestNetwork();
        network.InA("addr add 10.9.0.7/24 dev eth0");
        network.InA("addr add fd00:9::7/64 dev eth0 nodad");
        using var sender = network.InA(() => Open(family, source));
        using var receiver = network.InB(() => Open(family, null));
        var destination = to is null ? sender.Group : Address(to);

        Assert.Equal(Errno.None, sender.Send(Advertisement, destination));

        var buffer = new byte[VrrpSocket.BufferLength];
        var datagram = Receive(receiver, buffer);
        var expected = Advertisement.ToArray();
        if (family == AddressFamily.InterNetworkV6)
        {
            // The kernel wrote it; had it been wrong, the receiving one would have dropped it.
            buffer.AsSpan(datagram.Offset + 6, 2).CopyTo(expected.AsSpan(6));
            Assert.NotEqual("0000", Convert.ToHexString(expected, 6, 2));
        }

        Assert.Equal(expected, buffer[datagram.Offset..(datagram.Offset + datagram.Length)]);
        Assert.Equal(255, datagram.Ttl);
        Assert.Equal(Address(from), datagram.Source);
        Assert.Equal(destination, datagram.Destination);
        Assert.False(receiver.TryReceive(buffer, out _));
        Assert.False(sender.TryReceive(buffer, out _));
    }

    [NamespaceFact]
    public void A_foreign_time_to_live_is_seen()
    {
        using var network = new TestNetwork();
        using var receiver = network.InB(() => Open(AddressFamily.InterNetwork, null));
        network.InA(() =>
        {
            using var other = LibC.OpenSocket(SocketConstants.FamilyIpv4, SocketConstants.TypeRaw, VrrpSocket.Protocol);
            Assert.Equal(Errno.None, LibC.SetOption(other, SocketConstants.LevelIpv4, SocketConstants.Ipv4TimeToLive, 64));
            Span<byte> name = stackalloc byte[SocketAddresses.LongestLength];
            var length = SocketAddresses.Write(name, Address("10.9.0.2"), 0);
            return SendTo((int)other.DangerousGetHandle(), Advertisement, name[..length]);
        });

        Assert.Equal(64, Receive(receiver, new byte[VrrpSocket.BufferLength]).Ttl);
    }

    [NamespaceFact]
    public void An_interface_that_is_down_refuses_to_send()
    {
        using var network = new TestNetwork();
        using var sender = network.InA(() => Open(AddressFamily.InterNetwork, "10.9.0.1"));
        network.InA("link set eth0 down");

        Assert.Contains(sender.Send(Advertisement, sender.Group), (Errno[])[Errno.NetworkUnreachable, Errno.NetworkDown, Errno.InvalidArgument]);
    }

    [NamespaceFact]
    public void An_interface_that_does_not_exist_cannot_be_opened()
    {
        Assert.False(VrrpSocket.TryOpen(4711, "no-such-if", AddressFamily.InterNetwork, null, out var socket, out var error));
        Assert.Null(socket);
        Assert.Equal("SO_BINDTODEVICE no-such-if: No such device", error);
    }

    [NamespaceTheory]
    [InlineData(AddressFamily.InterNetwork, "10.9.0.1")]
    [InlineData(AddressFamily.InterNetworkV6, "fe80::1")]
    public void Sending_and_receiving_allocate_nothing(AddressFamily family, string source)
    {
        using var network = new TestNetwork();
        using var sender = network.InA(() => Open(family, source));
        using var receiver = network.InB(() => Open(family, null));
        var buffer = new byte[VrrpSocket.BufferLength];
        var received = 0;

        var bytes = Allocated.By(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                sender.Send(Advertisement, sender.Group);
                received += receiver.TryReceive(buffer, out _) ? 1 : 0;
            }
        });

        Assert.Equal(0, bytes);
        Assert.True(received > 0);
    }

    internal static VrrpSocket Open(AddressFamily family, string? source)
    {
        using var netlink = Netlink.TryOpen(out var opened, out var error) ? opened : throw new InvalidOperationException(error);
        Assert.Equal(Errno.None, netlink.GetLink("eth0", out var link));
        return VrrpSocket.TryOpen(link!.Index, "eth0", family, source is null ? null : Address(source), out var socket, out error)
            ? socket
            : throw new InvalidOperationException(error);
    }

    internal static NetworkAddress Address(string text) => NetworkAddress.TryParse(text, out var address) ? address : throw new FormatException(text);

    internal static unsafe VrrpDatagram Receive(VrrpSocket socket, byte[] buffer)
    {
        var entry = new PollEntry { Descriptor = socket.Handle, Events = 1 };
        var limit = new TimeSpec { Seconds = 10 };
        Assert.Equal(1, LibC.Poll(&entry, 1, &limit, null));
        Assert.True(socket.TryReceive(buffer, out var datagram));
        return datagram;
    }

    private static unsafe nint SendTo(int socket, ReadOnlySpan<byte> data, ReadOnlySpan<byte> address)
    {
        fixed (byte* start = data, name = address)
        {
            return LibC.SendTo(socket, start, (nuint)data.Length, 0, name, (uint)address.Length);
        }
    }
}
