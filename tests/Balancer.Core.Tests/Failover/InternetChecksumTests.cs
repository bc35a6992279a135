namespace Balancer.Failover;

public sealed class InternetChecksumTests
{
    [Theory]
    [InlineData("", 0xFFFF)]
    [InlineData("0000", 0xFFFF)]
    [InlineData("ffff", 0x0000)]
    [InlineData("0001f203f4f5f6f7", 0x220D)]
    [InlineData("01", 0xFEFF)]
    [InlineData("ffffffffffff", 0x0000)]
    public void Sum_is_that_of_RFC_1071(string bytes, int expected) =>
        Assert.Equal(expected, InternetChecksum.Finish(InternetChecksum.Add(0, Convert.FromHexString(bytes))));

    [Fact]
    public void A_number_counts_as_its_two_words() =>
        Assert.Equal(InternetChecksum.Finish(InternetChecksum.Add(0, Convert.FromHexString("fffe0003"))), InternetChecksum.Finish(InternetChecksum.Add(0, 0xFFFE0003)));
}
