using System.Runtime.InteropServices;

namespace Balancer.Failover.Linux;

public sealed class NetlinkMessageTests
{
    // RTM_NEWADDR of 10.9.0.100/24 on interface 2 as a kernel sends it: label eth0, secondary and permanent, IFA_PROTO 112.
    private const string Address =
        "44000000" + "1400" + "0000" + "07000000" + "00000000" +
        "02188100" + "02000000" +
        "08000100" + "0A090064" +
        "08000200" + "0A090064" +
        "05000B00" + "70000000" +
        "09000300" + "6574683000000000" +
        "08000800" + "81000000";

    // RTM_NEWLINK of eth0, interface 2, up and running, MTU 1500.
    private const string Link =
        "48000000" + "1000" + "0000" + "00000000" + "00000000" +
        "00000100" + "02000000" + "43100100" + "00000000" +
        "09000300" + "6574683000000000" +
        "0A000100" + "0200000000010000" +
        "08000400" + "DC050000" +
        "05001000" + "06000000";

    [Fact]
    public void An_address_is_read()
    {
        var (type, payload, left) = Read(Address);

        Assert.Equal((NetlinkConstants.NewAddress, 0), (type, left));
        Assert.True(InterfaceAddress.TryRead(payload, out var address));
        Assert.Equal((2, "10.9.0.100", 24), (address.InterfaceIndex, address.Address.ToString(), address.PrefixLength));
        Assert.True(address.IsSecondary && address.IsUsable);
        Assert.Equal(Netlink.Mark, address.AddedBy);
    }

    [Fact]
    public void A_link_is_read()
    {
        var (type, payload, left) = Read(Link);

        Assert.Equal((NetlinkConstants.NewLink, 0), (type, left));
        var link = LinkInfo.Read(payload);
        Assert.NotNull(link);
        Assert.Equal((2, "eth0", "02:00:00:00:00:01"), (link.Index, link.Name, link.Hardware.ToString()));
        Assert.True(link.IsUp && link.IsUpAndRunning);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10000000")]
    [InlineData("0F0000001400000000000000000000000000")]
    [InlineData("110000001400000000000000000000000000")]
    [InlineData("FFFFFFFF1400000000000000000000000000")]
    [InlineData("000000001400000000000000000000000000")]
    public void What_is_not_whole_is_no_message(string bytes)
    {
        ReadOnlySpan<byte> received = Convert.FromHexString(bytes).AsSpan(0, Math.Min(bytes.Length / 2, 16));

        Assert.False(NetlinkMessage.TryRead(ref received, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("000000")]
    [InlineData("00000100")]
    [InlineData("03000100")]
    [InlineData("09000100AABBCCDD")]
    [InlineData("FFFF0100AABBCCDD")]
    public void What_is_not_whole_is_no_attribute(string bytes)
    {
        ReadOnlySpan<byte> attributes = Convert.FromHexString(bytes);

        Assert.False(NetlinkAttribute.TryRead(ref attributes, out _));
    }

    [Fact]
    public void Messages_follow_one_another_at_multiples_of_four_bytes()
    {
        ReadOnlySpan<byte> received = Convert.FromHexString("11000000" + "0200" + "0000" + "01000000" + "00000000" + "AA000000" + Address);

        Assert.True(NetlinkMessage.TryRead(ref received, out var first));
        Assert.Equal([0xAA], first.Payload.ToArray());
        Assert.True(NetlinkMessage.TryRead(ref received, out var second));
        Assert.Equal((NetlinkConstants.NewAddress, 7u), (second.Type, second.Sequence));
        Assert.True(received.IsEmpty);
    }

    [Fact]
    public void A_written_message_is_read_again()
    {
        var writer = new NetlinkWriter(new byte[256], NetlinkConstants.NewLink, NetlinkConstants.FlagCreate, 9);
        writer.Append(new LinkMessage { Index = 5 });
        writer.Attribute(NetlinkConstants.LinkName, "vrrp.51");
        var information = writer.BeginNested(NetlinkConstants.LinkInformation);
        writer.Attribute(NetlinkConstants.LinkKind, "macvlan");
        writer.EndNested(information);
        writer.Attribute(NetlinkConstants.LinkParent, 9000);
        var received = writer.Finish();

        Assert.True(NetlinkMessage.TryRead(ref received, out var message));
        Assert.True(received.IsEmpty);
        Assert.Equal(NetlinkConstants.FlagRequest | NetlinkConstants.FlagAcknowledge | NetlinkConstants.FlagCreate, message.Flags);
        var link = LinkInfo.Read(message.Payload);
        Assert.Equal((5, "vrrp.51", "macvlan", 9000), (link!.Index, link.Name, link.Kind, link.Parent));
    }

    [Fact]
    public void Damaged_messages_are_read_or_refused_and_never_fail()
    {
        var random = new Random(20);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Convert.FromHexString(round % 2 == 0 ? Address : Link);
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            ReadOnlySpan<byte> received = bytes.AsSpan(0, random.Next(bytes.Length + 1));
            while (NetlinkMessage.TryRead(ref received, out var message))
            {
                var address = InterfaceAddress.TryRead(message.Payload, out var read);
                Assert.Equal(address, !read.Address.IsNone && address);
                Assert.NotEqual("", LinkInfo.Read(message.Payload)?.Name);
            }
        }
    }

    private static (ushort Type, byte[] Payload, int Left) Read(string bytes)
    {
        Assert.True(BitConverter.IsLittleEndian, "The tables are of a little-endian processor.");
        ReadOnlySpan<byte> received = Convert.FromHexString(bytes);
        Assert.Equal(received.Length, MemoryMarshal.Read<int>(received));
        Assert.True(NetlinkMessage.TryRead(ref received, out var message));
        return (message.Type, message.Payload.ToArray(), received.Length);
    }
}
