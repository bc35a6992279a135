namespace Balancer.Configuration.Values;

public sealed class LocationPathTests
{
    [Theory]
    [InlineData("/", LocationMatch.Prefix, "/", 0)]
    [InlineData("/api/v1/", LocationMatch.Prefix, "/api/v1/", 0)]
    [InlineData("/a b", LocationMatch.Prefix, "/a b", 0)]
    [InlineData("= /exact", LocationMatch.Exact, "/exact", 2)]
    [InlineData("=/exact", LocationMatch.Exact, "/exact", 1)]
    [InlineData("^~ /static/", LocationMatch.PrefixNoRegex, "/static/", 3)]
    [InlineData("^~/static/", LocationMatch.PrefixNoRegex, "/static/", 2)]
    [InlineData("~ \\.php$", LocationMatch.Regex, "\\.php$", 2)]
    [InlineData("~\\.php$", LocationMatch.Regex, "\\.php$", 1)]
    [InlineData("~*   \\.(png|jpg)$", LocationMatch.RegexIgnoreCase, "\\.(png|jpg)$", 5)]
    [InlineData("~ \"^/a{2}$\"", LocationMatch.Regex, "^/a{2}$", 3)]
    [InlineData("@named", LocationMatch.Named, "@named", 0)]
    public void All_kinds_are_read(string text, LocationMatch match, string pattern, int index)
    {
        Assert.True(LocationPath.TryParse(text, out var path, out _));
        Assert.Equal(new LocationPath(match, pattern, index), path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("=")]
    [InlineData("~ ")]
    [InlineData("api")]
    [InlineData("= api")]
    [InlineData("^~ api")]
    [InlineData("@")]
    [InlineData("@a b")]
    [InlineData("= @named")]
    [InlineData("/a\nb")]
    public void Other_texts_are_refused(string text)
    {
        Assert.False(LocationPath.TryParse(text, out _, out var error));
        Assert.NotEmpty(error);
    }
}
