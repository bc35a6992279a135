namespace Balancer.Proxy.HealthChecking;

public class GrpcHealthTests
{
    [Theory]
    [InlineData("", "0000000000")]
    [InlineData("a", "00000000030A0161")]
    public void A_request_names_the_service(string service, string expected) => Assert.Equal(expected, Convert.ToHexString(GrpcHealth.MessageOf(service)));

    [Fact]
    public void A_long_name_has_a_length_of_two_bytes() => Assert.StartsWith("00000000CB0AC801", Convert.ToHexString(GrpcHealth.MessageOf(new string('x', 200))));

    [Theory]
    [InlineData("0000000000", 0)]
    [InlineData("00000000020801", 1)]
    [InlineData("00000000020803", 3)]
    [InlineData("000000000408011200", 1)]
    [InlineData("", null)]
    [InlineData("00000000", null)]
    [InlineData("01000000020801", null)]
    [InlineData("00000000030801", null)]
    [InlineData("000000000108", null)]
    [InlineData("00000000020881", null)]
    [InlineData("00000000021001", null)]
    public void The_status_of_a_response_is_read(string framed, int? status) => Assert.Equal(status, GrpcHealth.StatusOf(Convert.FromHexString(framed)));

    [Fact]
    public void Any_bytes_are_read_or_refused()
    {
        var random = new Random(5);
        var bytes = new byte[12];
        for (var round = 0; round < 100_000; round++)
        {
            random.NextBytes(bytes);
            bytes.AsSpan(0, 4).Clear();
            bytes[4] = (byte)random.Next(10);
            Assert.InRange(GrpcHealth.StatusOf(bytes.AsSpan(0, random.Next(13))) ?? 0, 0, 127);
        }
    }
}
