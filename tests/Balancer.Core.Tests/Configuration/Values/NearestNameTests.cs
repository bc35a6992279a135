namespace Balancer.Configuration.Values;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("weigth", "weight")]
    [InlineData("keepalve", "keepalive")]
    [InlineData("WEIGHT", "weight")]
    [InlineData("max_fail", "max_fails")]
    [InlineData("frobnicate", null)]
    [InlineData("", null)]
    [InlineData("w", null)]
    public void The_nearest_name_is_found_when_it_is_near(string name, string? nearest)
    {
        Assert.Equal(nearest, NearestName.Find(name, ["weight", "keepalive", "keepalive_time", "max_fails", "fail_timeout"]));
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("a", "", 1)]
    [InlineData("abc", "abd", 1)]
    [InlineData("abc", "acb", 1)]
    [InlineData("abc", "ab", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Distance_counts_typing_mistakes(string a, string b, int distance)
    {
        Assert.Equal(distance, NearestName.Distance(a, b));
        Assert.Equal(distance, NearestName.Distance(b, a));
    }

    [Fact]
    public void Very_long_names_are_not_compared()
    {
        Assert.Null(NearestName.Find(new string('a', 100_000), ["a"]));
    }
}
