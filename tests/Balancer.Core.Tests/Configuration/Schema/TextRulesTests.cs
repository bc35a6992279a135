using Balancer.Configuration.Toml;
using static Balancer.TestSupport.ConfigurationText;

namespace Balancer.Configuration.Schema;

/// <summary>The lines of <c>proxy_redirect</c> and <c>proxy_cookie_…</c>.</summary>
public sealed class TextRulesTests
{
    [Theory]
    [InlineData("'off'", "")]
    [InlineData("false", "")]
    [InlineData("'default'", "default->")]
    [InlineData("'http://a/ /'", "http://a/->/")]
    [InlineData("['default', '~^http://(.*)$ https://$1', '\"a b\" \"\"']", "default->; ~^http://(.*)$->https://$1; a b->")]
    public void Lines_are_read_and_written(string value, string expected)
    {
        var rules = LoadGood($"[[server]]\nproxy_redirect = {value}").Servers[0].Settings.Rewriting.ProxyRedirect!;

        Assert.Equal(expected, string.Join("; ", rules.Select(r => $"{r.From}->{r.To}")));
        var written = new TextRulesType(allowsDefault: true).Write(rules);
        Assert.Equal(Show(rules), Show(LoadGood($"[[server]]\nproxy_redirect = {written}").Servers[0].Settings.Rewriting.ProxyRedirect));
    }

    [Theory]
    [InlineData("proxy_redirect", "'one'")]
    [InlineData("proxy_redirect", "''")]
    [InlineData("proxy_redirect", "'a b c'")]
    [InlineData("proxy_redirect", "'~( b'")]
    [InlineData("proxy_redirect", "'\"\" b'")]
    [InlineData("proxy_redirect", "['off']")]
    [InlineData("proxy_redirect", "[]")]
    [InlineData("proxy_redirect", "5")]
    [InlineData("proxy_redirect", "true")]
    [InlineData("proxy_redirect", "\"a b\\u0001\"")]
    [InlineData("proxy_cookie_domain", "'default'")]
    [InlineData("proxy_cookie_path", "'default'")]
    public void Fault_is_told(string key, string value) => Assert.Matches($@"^2:\d+: {key}: ", Faults($"[[server]]\n{key} = {value}"));

    [Fact]
    public void No_text_breaks_the_reader()
    {
        var random = new Random(17);
        const string Alphabet = "~*^$()/.ab '\"\\;default";
        for (var i = 0; i < 3000; i++)
        {
            var line = string.Concat(Enumerable.Range(0, random.Next(0, 16)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            var result = Load($"[[server]]\nproxy_redirect = {TomlFormat.Quote(line)}");
            Assert.True(result.Errors.Count > 0 || result.Config!.Servers[0].Settings.Rewriting.ProxyRedirect!.All(r => r.From.Value.Length > 0), line);
        }
    }
}
