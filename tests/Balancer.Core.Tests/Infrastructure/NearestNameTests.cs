namespace Balancer.Infrastructure;

public sealed class NearestNameTests
{
    private static readonly string[] Known = ["host", "remote_addr", "remote_port", "request_uri", "uri"];

    [Theory]
    [InlineData("remot_addr", "remote_addr")]
    [InlineData("remote_adr", "remote_addr")]
    [InlineData("REMOTE_ADRR", "remote_addr")]
    [InlineData("hsot", "host")]
    [InlineData("requesturi", "request_uri")]
    [InlineData("urii", "uri")]
    [InlineData("banana", null)]
    [InlineData("x", null)]
    public void The_nearest_name_is_found_unless_all_are_far(string name, string? expected) => Assert.Equal(expected, NearestName.Find(name, Known));
}
