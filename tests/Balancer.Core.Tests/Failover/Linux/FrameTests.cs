namespace Balancer.Failover.Linux;

public sealed class FrameTests
{
    private static readonly MacAddress Hardware = MacAddress.FromBytes([0x02, 0, 0, 0, 0, 0x01]);

    [Fact]
    public void A_gratuitous_ARP_is_a_broadcast_request_for_its_own_address()
    {
        var frame = new byte[ArpFrame.Length];
        frame.AsSpan().Fill(0xEE);

        var length = ArpFrame.Write(frame, Hardware, VrrpSocketTests.Address("10.9.0.100"));

        Assert.Equal(ArpFrame.Length, length);
        Assert.Equal(
            "FFFFFFFFFFFF" + "020000000001" + "0806" +
            "0001" + "0800" + "06" + "04" + "0001" +
            "020000000001" + "0A090064" +
            "000000000000" + "0A090064",
            Convert.ToHexString(frame));
    }

    [Fact]
    public void An_unsolicited_neighbour_advertisement_overrides_what_neighbours_know()
    {
        var frame = new byte[NeighbourAdvertisementFrame.Length];
        frame.AsSpan().Fill(0xEE);

        var length = NeighbourAdvertisementFrame.Write(frame, Hardware, VrrpSocketTests.Address("fd00:9::100"));

        Assert.Equal(86, length);
        Assert.Equal(
            "333300000001" + "020000000001" + "86DD" +
            "60000000" + "0020" + "3A" + "FF" +
            "FD000009000000000000000000000100" +
            "FF020000000000000000000000000001" +
            "88" + "00" + "588B" + "20000000" +
            "FD000009000000000000000000000100" +
            "02" + "01" + "020000000001",
            Convert.ToHexString(frame));
    }

    [Theory]
    [InlineData(51, false, "00:00:5e:00:01:33")]
    [InlineData(255, true, "00:00:5e:00:02:ff")]
    public void Virtual_routers_have_hardware_addresses_of_their_own(byte id, bool ipv6, string expected) =>
        Assert.Equal(expected, MacAddress.OfVirtualRouter(id, ipv6).ToString());
}
