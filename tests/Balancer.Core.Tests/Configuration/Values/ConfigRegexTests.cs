using System.Text.RegularExpressions;

namespace Balancer.Configuration.Values;

public sealed class ConfigRegexTests
{
    [Theory]
    [InlineData("^/img/.*\\.(png|jpg)$", "/img/a.png", true)]
    [InlineData("^/img/.*\\.(png|jpg)$", "/img/a.PNG", false)]
    [InlineData("(?i)\\.png$", "/img/a.PNG", true)]
    [InlineData("^/(?<user>[a-z]+)/", "/joe/x", true)]
    [InlineData("^/(?P<user>[a-z]+)/", "/joe/x", true)]
    [InlineData("^/(?!api)", "/x", true)]
    [InlineData("^/(?!api)", "/api", false)]
    public void Expressions_of_nginx_files_fit_what_they_fit_there(string pattern, string text, bool fits)
    {
        Assert.True(ConfigRegex.TryCreate(pattern, ignoreCase: false, out var regex, out _, out _));
        Assert.Equal(fits, regex.IsMatch(text));
    }

    [Fact]
    public void An_expression_runs_in_linear_time_where_it_can()
    {
        Assert.True(ConfigRegex.TryCreate("^(a+)+$", ignoreCase: false, out var regex, out _, out _));
        Assert.True(regex.Options.HasFlag(RegexOptions.NonBacktracking));
        Assert.DoesNotMatch(regex, new string('a', 2000) + "!");
    }

    [Fact]
    public void A_backtracking_expression_is_bounded_in_time()
    {
        Assert.True(ConfigRegex.TryCreate("^(?!b)(a+)+$", ignoreCase: false, out var regex, out _, out _));
        Assert.Equal(ConfigRegex.MatchTimeout, regex.MatchTimeout);
        Assert.Throws<RegexMatchTimeoutException>(() => regex.IsMatch(new string('a', 2000) + "!"));
    }

    [Theory]
    [InlineData("(a", 2)]
    [InlineData("a)", 1)]
    [InlineData("[z-a]", 3)]
    [InlineData("*a", 0)]
    [InlineData("a{2,1}", 5)]
    public void A_fault_is_found_near_where_it_stands(string pattern, int index)
    {
        Assert.False(ConfigRegex.TryCreate(pattern, ignoreCase: false, out _, out var error, out var errorIndex));
        Assert.StartsWith("the regular expression does not compile: ", error);
        Assert.InRange(errorIndex, Math.Max(0, index - 1), index + 1);
    }
}
