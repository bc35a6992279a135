using Balancer.Configuration.Toml;

namespace Balancer.Configuration.Values;

public sealed class PhraseTests
{
    [Theory]
    [InlineData("a b c", 0, "a|b|c")]
    [InlineData("  a \t b\n", 0, "a|b")]
    [InlineData("\"a b\" c", 0, "a b|c")]
    [InlineData("'a \"b\"' c", 0, "a \"b\"|c")]
    [InlineData("\"a \\\" \\\\ \\x\"", 0, "a \" \\ \\x")]
    [InlineData("a=\"b", 0, "a=\"b")]
    [InlineData("", 0, "")]
    [InlineData("200 hello  world ", 2, "200|hello  world")]
    [InlineData("200 \"hello world\"", 2, "200|hello world")]
    [InlineData("200 \"a\" b", 2, "200|\"a\" b")]
    [InlineData("200 {\"status\":\"ok\"}", 2, "200|{\"status\":\"ok\"}")]
    [InlineData("200 text;", 2, "200|text;")]
    public void Lines_are_cut_into_words(string text, int limit, string expected)
    {
        var words = new List<Word>();
        Assert.True(Phrase.TrySplit(Toml(text), limit, words, out _, out _));
        Assert.Equal(expected, string.Join('|', words.Select(w => w.Text)));
    }

    [Theory]
    [InlineData("a \"b", 2)]
    [InlineData("\"a\"b c", 0)]
    [InlineData("a b;", 3)]
    [InlineData(";", 0)]
    public void Lines_with_open_quotes_or_semicolons_are_refused_where_they_stand(string text, int index)
    {
        Assert.False(Phrase.TrySplit(Toml(text), 0, [], out var error, out var errorIndex));
        Assert.NotNull(error);
        Assert.Equal(index, errorIndex);
    }

    [Fact]
    public void A_word_knows_its_place()
    {
        var words = new List<Word>();
        Phrase.TrySplit(new TomlString("one  two", new TomlPosition(3, 10), new TomlPosition(3, 11)), 0, words, out _, out _);

        Assert.Equal(new TomlPosition(3, 16), words[1].Position);
    }

    [Fact]
    public void Any_text_is_cut_or_refused()
    {
        var random = new Random(3);
        const string alphabet = "ab \t\"'\\;=";
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            var words = new List<Word>();
            if (Phrase.TrySplit(Toml(text), random.Next(4), words, out _, out var errorIndex))
            {
                Assert.All(words, w => Assert.InRange(w.Index, 0, text.Length - 1));
            }
            else
            {
                Assert.InRange(errorIndex, 0, text.Length);
            }
        }
    }

    private static TomlString Toml(string text) => new(text, new TomlPosition(1, 1), new TomlPosition(1, 2));
}
