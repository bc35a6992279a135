using System.Text;

namespace Balancer.Http.Patterns;

public sealed class PcreTranslationTests
{
    private static readonly string[] Pieces =
    [
        "(", ")", "(?:", "(?<n>", "(?P<n>", "(?P=n)", "(?i)", "(?=", "(?!", "(?<=", "(?>", "[", "]", "[^", "[:alpha:]", "a", "b", "/", ".", "*", "+", "?", "*?", "++", "{2}", "{1,", "|", "^", "$",
        "\\d", "\\w", "\\.", "\\1", "\\k<n>", "\\K", "\\Q", "\\E", "\\x41", "\\x{41}", "\\A", "\\z", "\\", "-", "\u00e9", "#", " ",
    ];

    [Theory]
    [InlineData("^/(?P<name>[a-z]+)$", "/abc", "abc")]
    [InlineData("^/(?<name>[a-z]+)$", "/abc", "abc")]
    [InlineData("^/([a-z]+)/", "/abc/x", "abc")]
    public void Captures_are_found_in_either_way_of_writing(string pattern, string path, string expected)
    {
        Assert.True(BytePattern.TryCompile(pattern, ignoreCase: false, out var compiled, out var error), error);

        Assert.True(compiled!.IsMatch(Encoding.ASCII.GetBytes(path), out var captures));
        Assert.Equal(expected, captures![1]);
    }

    [Theory]
    [InlineData("a++")]
    [InlineData("\\Qa\\E")]
    [InlineData("a\\Kb")]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("*")]
    public void What_cannot_mean_the_same_is_refused_with_a_reason(string pattern)
    {
        Assert.False(BytePattern.TryCompile(pattern, ignoreCase: false, out var compiled, out var error));

        Assert.Null(compiled);
        Assert.NotEmpty(error!);
    }

    [Fact]
    public void Any_expression_is_compiled_or_refused_and_none_runs_for_ever()
    {
        var random = new Random(1);
        var path = Encoding.ASCII.GetBytes("/" + new string('a', 200) + "b/aab");
        var compiledOnes = 0;
        for (var i = 0; i < 3_000; i++)
        {
            var pattern = string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            if (!BytePattern.TryCompile(pattern, ignoreCase: random.Next(2) == 0, out var compiled, out var error))
            {
                Assert.NotEmpty(error!);
                continue;
            }

            compiledOnes++;
            try
            {
                compiled!.IsMatch(path, out _);
            }
            catch (System.Text.RegularExpressions.RegexMatchTimeoutException)
            {
                // One that backtracks is given up.
            }
        }

        Assert.InRange(compiledOnes, 300, 2_700);
    }
}
