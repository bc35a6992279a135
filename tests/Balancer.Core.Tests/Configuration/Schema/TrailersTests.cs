using Balancer.Configuration.Toml;
using static Balancer.TestSupport.ConfigurationText;

namespace Balancer.Configuration.Schema;

/// <summary>The forms of <c>add_trailer</c>.</summary>
public sealed class TrailersTests
{
    [Theory]
    [InlineData("add_trailer = { X-A = 'a $status' }", "X-A=a $status")]
    [InlineData("add_trailer.X-A = 'a'", "X-A=a")]
    [InlineData("add_trailer = { X-A = { value = 'a', always = true }, X-B = { value = '' } }", "X-A=a!; X-B=")]
    [InlineData("add_trailer = 'X-A a'", "X-A=a")]
    [InlineData("add_trailer = 'X-A \"a b\" always'", "X-A=a b!")]
    [InlineData("add_trailer = ['X-A a', { X-B = 'always' }]", "X-A=a; X-B=always")]
    public void All_forms_are_read_and_written(string line, string expected)
    {
        var trailers = LoadGood($"[[server]]\n{line}").Servers[0].Settings.AddTrailers!;

        Assert.Equal(expected, string.Join("; ", trailers.Select(t => $"{t.Key}={t.Value.Value.Value}{(t.Value.Always ? "!" : "")}")));
        var written = new TrailersType().Write(trailers);
        Assert.Equal(Show(trailers), Show(LoadGood($"[[server]]\nadd_trailer = {written}").Servers[0].Settings.AddTrailers));
    }

    [Theory]
    [InlineData("'X-A'", 16)]
    [InlineData("''", 16)]
    [InlineData("'X-A a never'", 16)]
    [InlineData("'X-A a always b'", 16)]
    [InlineData("'X:A a'", 16)]
    [InlineData("'Trailer a'", 16)]
    [InlineData("{ Content-Length = '1' }", 17)]
    [InlineData("\"X-A a\\u0001\"", 21)]
    [InlineData("['X-A a', 'x-a b']", 26)]
    [InlineData("{ X-A = 1 }", 23)]
    [InlineData("{ X-A = { always = true } }", 23)]
    [InlineData("{ X-A = { value = 1 } }", 33)]
    [InlineData("{ X-A = { value = 'a', always = 'yes' } }", 47)]
    [InlineData("{ X-A = { value = 'a', sometimes = true } }", 38)]
    [InlineData("[]", 15)]
    [InlineData("[5]", 16)]
    [InlineData("true", 15)]
    public void Fault_is_told(string value, int column) => Assert.StartsWith($"2:{column}: add_trailer: ", Faults($"[[server]]\nadd_trailer = {value}"));

    [Fact]
    public void No_text_breaks_the_reader()
    {
        var random = new Random(29);
        string[] words = ["X-A", "X-B", " ", "always", "\"", "'", "\\", "a", "$status", "\t", ":", "Trailer"];
        for (var i = 0; i < 3000; i++)
        {
            var line = string.Concat(Enumerable.Range(0, random.Next(0, 9)).Select(_ => words[random.Next(words.Length)]));
            var result = Load($"[[server]]\nadd_trailer = {TomlFormat.Quote(line)}");
            Assert.True(result.Errors.Count > 0 || result.Config!.Servers[0].Settings.AddTrailers is { Count: 1 }, line);
        }
    }
}
