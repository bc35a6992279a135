namespace Balancer.Tls;

public sealed class AlpnOfferTests
{
    [Theory]
    [InlineData("\x02h2\x08http/1.1", "h2", 1)]
    [InlineData("\x02h2\x08http/1.1", "http/1.1", 4)]
    [InlineData("\x02h2", "http/1.1", -1)]
    [InlineData("", "h2", -1)]
    [InlineData("\x09h2", "h2", -1)]
    [InlineData("\x00\x02h2", "h2", 2)]
    [InlineData("\x03h2x", "h2", -1)]
    [InlineData("\x02h2\xff", "http/1.1", -1)]
    public void Protocol_is_found_whole(string offer, string protocol, int index) =>
        Assert.Equal(index, AlpnOffer.IndexOf(System.Text.Encoding.Latin1.GetBytes(offer), System.Text.Encoding.Latin1.GetBytes(protocol)));
}
