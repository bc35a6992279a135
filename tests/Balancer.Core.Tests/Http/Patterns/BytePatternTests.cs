using System.Text;

namespace Balancer.Http.Patterns;

public sealed class BytePatternTests
{
    [Theory]
    [InlineData("(?P<name>a+)b", "aab", "aab,aa", "name")]
    [InlineData("(?<b>b)(a)(?'c'c)", "bac", "bac,b,a,c", "b,,c")]
    [InlineData("(?:x)(?=(y))y(?<z>z)", "xyz", "xyz,y,z", ",z")]
    [InlineData("(?<=/)(a)(?<!b)", "/a", "a,a", null)]
    [InlineData(@"(?<q>['""])x\k<q>", "'x'", "'x','", "q")]
    [InlineData(@"(\w)(?P<l>\w)\k'l'1", "/abb1", "abb1,a,b", ",l")]
    [InlineData(@"\((?<a>[()\]]+)\)", "((])", "((]),(]", "a")]
    [InlineData("[]()](?<a>.)", ")x", ")x,x", "a")]
    [InlineData("[^](](?<a>.)", "ax", "ax,x", "a")]
    [InlineData("(?#(comment)(a)", "a", "a,a", null)]
    [InlineData("(a)|(b)", "b", "b,,b", null)]
    [InlineData("(?i)(A)", "a", "a,a", null)]
    [InlineData("\u00e9(.)", "/\u00e9\u00ff", "\u00e9\u00ff,\u00ff", null)]
    public void Groups_are_numbered_as_they_open(string pattern, string input, string captures, string? names)
    {
        Assert.True(BytePattern.TryCompile(pattern, ignoreCase: false, out var compiled, out _));

        Assert.True(compiled!.IsMatch(Encoding.Latin1.GetBytes(input), out var found));
        Assert.Equal(captures, string.Join(',', found!));
        Assert.Equal(names, compiled.CaptureNames is { } all ? string.Join(',', all.Skip(1)) : null);
    }

    [Theory]
    [InlineData("^/(?!internal)", "/internal", false)]
    [InlineData("^/(?!internal)", "/public", true)]
    [InlineData(@"(\w)\1", "/aa", true)]
    [InlineData("^/a$", "/A", false)]
    [InlineData("", "", true)]
    public void Match_is_found_without_captures_too(string pattern, string input, bool expected)
    {
        Assert.True(BytePattern.TryCompile(pattern, ignoreCase: false, out var compiled, out _));

        Assert.Equal(expected, compiled!.IsMatch(Encoding.Latin1.GetBytes(input), out _));
    }

    [Theory]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("[a")]
    [InlineData("*")]
    [InlineData("a\\")]
    [InlineData("(?<a>x)(?<a>y)")]
    [InlineData("(?<a")]
    [InlineData("\\k<none>")]
    public void Broken_pattern_is_refused_with_a_reason(string pattern)
    {
        Assert.False(BytePattern.TryCompile(pattern, ignoreCase: false, out var compiled, out var error));

        Assert.Null(compiled);
        Assert.NotEmpty(error!);
    }

    [Fact]
    public void Hostile_input_costs_linear_time()
    {
        Assert.True(BytePattern.TryCompile("^/(a+)+$", ignoreCase: false, out var compiled, out _));

        Assert.False(compiled!.IsMatch(Encoding.ASCII.GetBytes("/" + new string('a', 8000) + "!"), out _));
    }
}
