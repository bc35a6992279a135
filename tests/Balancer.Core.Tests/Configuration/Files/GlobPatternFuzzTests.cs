using System.Text.RegularExpressions;

namespace Balancer.Configuration.Files;

/// <summary>Patterns of the characters that matter, beside the regular expression that means the same.</summary>
public sealed class GlobPatternFuzzTests
{
    [Fact]
    public void Patterns_fit_what_they_say()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var parts = Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(6)).ToList();
            var pattern = string.Concat(parts.Select(part => part switch { 0 => "*", 1 => "?", 2 => "[a-b]", 3 => "[!a]", 4 => "b", _ => "." }));
            var regex = string.Concat(parts.Select(part => part switch { 0 => ".*", 1 => ".", 2 => "[a-b]", 3 => "[^a]", 4 => "b", _ => @"\." }));
            var name = string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => "abc."[random.Next(4)]));
            var isHidden = name.StartsWith('.') && !pattern.StartsWith('.');

            Assert.Equal(!isHidden && Regex.IsMatch(name, $"^(?:{regex})$", RegexOptions.Singleline), GlobPattern.Fits(pattern, name));
        }
    }

    [Fact]
    public void Brackets_without_end_do_no_harm()
    {
        var random = new Random(2);
        for (var i = 0; i < 50_000; i++)
        {
            var pattern = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => "[]!^-a*?"[random.Next(8)]));
            var name = string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => "a[]-"[random.Next(4)]));

            Assert.False(GlobPattern.Fits(pattern, name) && pattern.Length == 0 && name.Length > 0);
        }
    }

    [Fact]
    public void Stars_without_number_do_not_take_for_ever() =>
        Assert.False(GlobPattern.Fits(string.Concat(Enumerable.Repeat("*a", 50)) + "b", new string('a', 200)));
}
