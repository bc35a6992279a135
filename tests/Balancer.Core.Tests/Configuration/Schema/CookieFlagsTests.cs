using Balancer.Configuration.Toml;
using static Balancer.TestSupport.ConfigurationText;

namespace Balancer.Configuration.Schema;

/// <summary>The lines of <c>proxy_cookie_flags</c>.</summary>
public sealed class CookieFlagsTests
{
    [Theory]
    [InlineData("'off'", "")]
    [InlineData("false", "")]
    [InlineData("'one secure'", "one: secure")]
    [InlineData("'~ nosecure samesite=strict'", "~: nosecure samesite=strict")]
    [InlineData("['one secure httponly samesite=lax', '~*^a{2}$ NoSameSite', '\"a b\" $x $y']", "one: secure httponly samesite=lax; ~*^a{2}$: NoSameSite; a b: $x $y")]
    public void Lines_are_read_and_written(string value, string expected)
    {
        var text = "[map.x]\nsource='$uri'\nvalues={ a = 'secure' }\n[map.y]\nsource='$uri'\nvalues={ a = 'b' }\n[[server]]\nproxy_cookie_flags = ";
        var rules = LoadGood(text + value).Servers[0].Settings.Rewriting.CookieFlags!;

        Assert.Equal(expected, string.Join("; ", rules.Select(r => $"{r.Cookie.Value}: {string.Join(' ', r.Flags.Select(f => f.Value))}")));
        var written = new CookieFlagsType().Write(rules);
        Assert.Equal(Show(rules), Show(LoadGood(text + written).Servers[0].Settings.Rewriting.CookieFlags));
    }

    [Theory]
    [InlineData("'one'", 22)]
    [InlineData("''", 22)]
    [InlineData("'one secret'", 27)]
    [InlineData("'one samesite'", 27)]
    [InlineData("'one samesite=some'", 27)]
    [InlineData("'one secure nosecure'", 34)]
    [InlineData("'one samesite=lax samesite=none'", 40)]
    [InlineData("'one secure secure'", 34)]
    [InlineData("'~( secure'", 24)]
    [InlineData("'\"\" secure'", 22)]
    [InlineData("['off']", 23)]
    [InlineData("[]", 22)]
    [InlineData("5", 22)]
    [InlineData("true", 22)]
    [InlineData("['one secure', 5]", 37)]
    public void Fault_is_told(string value, int column) => Assert.StartsWith($"2:{column}: proxy_cookie_flags: ", Faults($"[[server]]\nproxy_cookie_flags = {value}"));

    [Fact]
    public void No_text_breaks_the_reader()
    {
        var random = new Random(23);
        string[] words = ["~", "*", "^", "(", "a", " ", "secure", "no", "samesite=", "lax", "\"", "'", "\\", "off", "httponly"];
        for (var i = 0; i < 3000; i++)
        {
            var line = string.Concat(Enumerable.Range(0, random.Next(0, 9)).Select(_ => words[random.Next(words.Length)]));
            var result = Load($"[[server]]\nproxy_cookie_flags = {TomlFormat.Quote(line)}");
            Assert.True(result.Errors.Count > 0 || result.Config!.Servers[0].Settings.Rewriting.CookieFlags!.All(r => r.Cookie.Value.Length > 0 && r.Flags.Count is > 0 and < 4), line);
        }
    }
}
