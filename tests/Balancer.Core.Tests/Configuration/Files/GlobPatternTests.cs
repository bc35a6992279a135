using System.Diagnostics;

namespace Balancer.Configuration.Files;

public sealed class GlobPatternTests
{
    [Theory]
    [InlineData("*.toml", "a.toml", true)]
    [InlineData("*.toml", ".toml", false)]
    [InlineData(".*", ".toml", true)]
    [InlineData("*.toml", "a.toml.bak", false)]
    [InlineData("a*b*c", "a1b2c", true)]
    [InlineData("a*b*c", "a1c2b", false)]
    [InlineData("?.toml", "a.toml", true)]
    [InlineData("?.toml", "ab.toml", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[a-c]x", "dx", false)]
    [InlineData("[!a-c]x", "dx", true)]
    [InlineData("[abc]", "c", true)]
    [InlineData("[a", "[a", true)]
    [InlineData("", "", true)]
    [InlineData("*", "", true)]
    public void Names_fit_as_in_a_shell(string pattern, string name, bool fits)
    {
        Assert.Equal(fits, GlobPattern.Fits(pattern, name));
    }

    [Fact]
    public void A_pattern_of_many_stars_is_bounded_in_time()
    {
        var watch = Stopwatch.StartNew();
        Assert.False(GlobPattern.Fits(string.Concat(Enumerable.Repeat("*a", 40)) + "b", new string('a', 200)));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5));
    }
}
