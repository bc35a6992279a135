using Balancer.Configuration.Toml;
using static Balancer.TestSupport.ConfigurationText;

namespace Balancer.Configuration.Schema;

/// <summary>The lines of <c>rewrite</c> and <c>set</c>.</summary>
public sealed class RewriteTests
{
    [Theory]
    [InlineData("'^/a$ /b'", "^/a$ -> /b")]
    [InlineData("'^/a(.*)$ /b$1 last'", "^/a(.*)$ -> /b$1 Last")]
    [InlineData("['^/a /b break', '^/c http://d.example/ permanent']", "^/a -> /b Break; ^/c -> http://d.example/ Permanent")]
    [InlineData("'^ https://$host$request_uri? redirect'", "^ -> https://$host$request_uri? Redirect")]
    [InlineData("'^/x $scheme://y.example/'", "^/x -> $scheme://y.example/")]
    [InlineData("'\"^/a b{2}\" \"/a b\"'", "^/a b{2} -> /a b")]
    [InlineData("{ regex = '^/a', replacement = '/b', flag = 'last' }", "^/a -> /b Last")]
    public void Rule_is_read(string value, string expected)
    {
        var rules = LoadGood($"[[server]]\nrewrite = {value}").Servers[0].Rewrite.Rules!;

        Assert.Equal(expected, string.Join("; ", rules.Select(r => $"{r.Pattern} -> {r.Replacement} {r.Flag}".TrimEnd())));
    }

    [Theory]
    [InlineData("''", "2:11: rewrite: found ''")]
    [InlineData("'^/a'", "'replacement' is missing, expected a text that is not empty")]
    [InlineData("'^/(a /b'", "the regular expression does not compile")]
    [InlineData("'^/a b'", "found 'b', expected a path that starts with '/', a variable, or a URL")]
    [InlineData("'^/a /b lst'", "found 'lst', expected last, break, redirect or permanent")]
    [InlineData("'^/a /b last extra'", "unknown parameter 'extra'")]
    [InlineData("'^/a /b?c?d last'", "found a second '?'")]
    [InlineData("'^/a http://b.example/ last'", "a URL redirects the client")]
    [InlineData("'^/a /b last;'", "found ';'")]
    [InlineData("5", "expected a line such as")]
    public void Fault_is_told(string value, string expected) => Assert.Contains(expected, Faults($"[[server]]\nrewrite = {value}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("{ a = '1', b = '$a' }", "a=1 b=$a")]
    [InlineData("'$a 1'", "a=1")]
    [InlineData("['$a \"1 2\"', { b = '' }]", "a=1 2 b=")]
    public void Variables_are_read(string value, string expected) =>
        Assert.Equal(expected, string.Join(' ', LoadGood($"[[server]]\nset = {value}").Servers[0].Rewrite.Set!.Select(s => $"{s.Name}={s.Value}")));

    [Theory]
    [InlineData("'a 1'", "expected a variable and one value")]
    [InlineData("'$a 1 2'", "expected a variable and one value")]
    [InlineData("{ '1a' = 'x' }", "found '1a', expected the name of a variable")]
    [InlineData("{ 'a-b' = 'x' }", "found 'a-b', expected the name of a variable")]
    [InlineData("'$ x'", "found '', expected the name of a variable")]
    [InlineData("{ a = 1 }", "expected a text, which may hold variables")]
    [InlineData("[]", "found an array, expected a table such as")]
    public void Fault_of_a_variable_is_told(string value, string expected) => Assert.Contains(expected, Faults($"[[server]]\nset = {value}"), StringComparison.Ordinal);

    [Fact]
    public void Break_cannot_stand_before_a_return()
    {
        Assert.StartsWith("2:1: 'break' cannot stand beside 'return'", Faults("[[server]]\nbreak = true\nreturn = 200"));
    }

    [Fact]
    public void Conditions_are_refused_with_what_to_do_instead()
    {
        Assert.Equal("2:1: 'if' is not supported: choose by 'map', whose variables may stand in any text, or by locations", Faults("[[server]]\nif = '($a)'"));
    }

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        var random = new Random(9);
        string[] patterns = ["^/a$", "^/a(.*)$", "a b", "\"", "x{2}", "\\.php$", "(?<n>a)"];
        string[] replacements = ["/b", "/b$1?", "/a b", "/$uri?x=$1", "http://a.example/$1", "$scheme://b", "/\"q\"", "/;"];
        RewriteFlag?[] flags = [null, RewriteFlag.Redirect, RewriteFlag.Permanent, RewriteFlag.Last, RewriteFlag.Break];
        for (var i = 0; i < 400; i++)
        {
            var replacement = replacements[random.Next(replacements.Length)];
            var flag = flags[random.Next(RewriteRuleConfig.IsUrl(replacement) ? 3 : 5)];
            var rule = new RewriteRuleConfig(new ConfigText(patterns[random.Next(patterns.Length)], SourceLocation.None), new ConfigText(replacement, SourceLocation.None), flag);

            var read = Assert.Single(LoadGood($"[[server]]\nrewrite = {RewriteRuleLevel.Type.Write(rule)}").Servers[0].Rewrite.Rules!);
            Assert.Equal(Show(rule), Show(read));
        }
    }

    [Fact]
    public void No_text_breaks_the_reader()
    {
        var random = new Random(13);
        const string Alphabet = "^$()/.*ab ?'\"\\1;h:[]{}+";
        for (var i = 0; i < 3000; i++)
        {
            var line = string.Concat(Enumerable.Range(0, random.Next(0, 24)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            var result = Load($"[[server]]\nrewrite = {TomlFormat.Quote(line)}\n[[server.location]]\npath = '/'\nreturn = 200");
            Assert.True(result.Errors.Count > 0 || result.Config!.Servers[0].Rewrite.Rules!.All(r => r.Pattern.Value.Length > 0 && r.Replacement.Value.Length > 0), line);
        }
    }
}
