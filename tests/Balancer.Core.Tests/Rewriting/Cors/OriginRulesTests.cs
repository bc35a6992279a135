using System.Text;
using Balancer.Configuration;

namespace Balancer.Rewriting.Cors;

public sealed class OriginRulesTests
{
    [Theory]
    [InlineData("https://app.example.com", "https://app.example.com", true)]
    [InlineData("https://app.example.com", "https://APP.example.com:443", true)]
    [InlineData("https://App.Example.com:443", "https://app.example.com", true)]
    [InlineData("https://app.example.com", "http://app.example.com", false)]
    [InlineData("https://app.example.com", "https://app.example.com:8443", false)]
    [InlineData("https://app.example.com", "https://app.example.com.evil.test", false)]
    [InlineData("https://app.example.com", "https://evil.test/https://app.example.com", false)]
    [InlineData("https://app.example.com", "null", false)]
    [InlineData("https://*.example.com", "https://a.example.com", true)]
    [InlineData("https://*.example.com", "https://a.b.example.com", true)]
    [InlineData("https://*.example.com", "https://example.com", false)]
    [InlineData("https://*.example.com", "https://.example.com", false)]
    [InlineData("https://*.example.com", "https://evilexample.com", false)]
    [InlineData("https://*.example.com", "https://evil.test/.example.com", false)]
    [InlineData("https://*.example.com", "https://evil.test:1@a.example.com", false)]
    [InlineData("https://*.example.com", "https://a..example.com", false)]
    [InlineData("https://*.example.com", "https://a.example.com:8443", false)]
    [InlineData("https://*.example.com:8443", "https://a.example.com:8443", true)]
    [InlineData("http://*.localhost:80", "http://x.localhost", true)]
    [InlineData(@"~^https://[a-z]+\.example\.org$", "https://abc.example.org", true)]
    [InlineData(@"~^https://[a-z]+\.example\.org$", "HTTPS://ABC.example.org", true)]
    [InlineData(@"~^https://[a-z]+\.example\.org$", "https://abc.example.org.evil.test", false)]
    [InlineData(@"~^https://(a|b)\.example\.org$", "https://b.example.org", true)]
    [InlineData(@"~^https://a\.example\.org|https://b\.example\.org$", "https://a.example.org", true)]
    [InlineData(@"~^https://a\.example\.org|https://b\.example\.org$", "https://b.example.org", true)]
    [InlineData(@"~^https://a\.example\.org|https://b\.example\.org$", "https://a.example.org.evil.test", false)]
    [InlineData(@"~^https://a\.example\.org|https://b\.example\.org$", "https://evil.test#https://b.example.org", false)]
    [InlineData("null", "null", true)]
    [InlineData("null", "https://null", false)]
    [InlineData("*", "null", true)]
    [InlineData("*", "https://anything.test", true)]
    public void Origin_is_allowed_or_not(string entry, string origin, bool expected)
    {
        Assert.Equal(expected, Rules(entry).Allows(Encoding.Latin1.GetBytes(origin)));
    }

    [Fact]
    public void No_text_but_a_name_below_gets_past_a_star()
    {
        var rules = Rules("https://*.example.com");
        var random = new Random(5);
        const string Alphabet = "ab.-_/:@?#%*\\ \t[]é";
        for (var i = 0; i < 20_000; i++)
        {
            var middle = string.Concat(Enumerable.Range(0, random.Next(0, 8)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            var allowed = rules.Allows(Encoding.Latin1.GetBytes($"https://{middle}.example.com"));
            Assert.Equal(System.Text.RegularExpressions.Regex.IsMatch(middle, @"^[ab_-]+(\.[ab_-]+)*\z"), allowed);
        }
    }

    [Fact]
    public void Origin_of_any_length_is_no_fault()
    {
        Assert.False(Rules("https://*.example.com").Allows(Encoding.Latin1.GetBytes($"https://{new string('a', 100_000)}.example.com")));
    }

    private static OriginRules Rules(params string[] entries) => new(entries.Select(entry => new ConfigText(entry, SourceLocation.None)));
}
