using Balancer.Configuration.Toml;
using static Balancer.TestSupport.ConfigurationText;

namespace Balancer.Configuration.Schema;

/// <summary>The lines of <c>error_page</c>.</summary>
public sealed class ErrorPageTests
{
    [Theory]
    [InlineData("'404 /404.html'", "404 -> /404.html")]
    [InlineData("['404 /404.html']", "404 -> /404.html")]
    [InlineData("'500 502  503 504 /50x.html?a=b'", "500 502 503 504 -> /50x.html?a=b")]
    [InlineData("'404 =200 /empty.gif'", "404 =200 -> /empty.gif")]
    [InlineData("'404 = @fallback'", "404 =0 -> @fallback")]
    [InlineData("'403 http://example.com/forbidden.html'", "403 -> http://example.com/forbidden.html")]
    [InlineData("'403 =301 https://example.com/$uri'", "403 =301 -> https://example.com/$uri")]
    [InlineData("'404 $page'", "404 -> $page")]
    [InlineData("""'404 "/a b"'""", "404 -> /a b")]
    [InlineData("['404 /a', '300 599 @fallback']", "404 -> /a; 300 599 -> @fallback")]
    [InlineData("{ status = [404, 410], response = 200, target = '/gone' }", "404 410 =200 -> /gone")]
    [InlineData("{ status = 404, response = 'target', target = '@fallback' }", "404 =0 -> @fallback")]
    public void Line_is_read(string value, string expected)
    {
        var pages = LoadGood(Document(value)).Servers[0].Settings.Rewriting.ErrorPages!;

        Assert.Equal(expected, string.Join("; ", pages.Select(p => $"{string.Join(' ', p.Statuses)} {(p.Response is { } r ? $"={r} " : "")}-> {p.Target}")));
    }

    [Theory]
    [InlineData("'404'", "2:14: error_page: found '404', expected a line such as")]
    [InlineData("''", "2:14: error_page: found '', expected a line such as")]
    [InlineData("'/404.html'", "2:14: error_page: found '/404.html', expected a line such as")]
    [InlineData("'= /404.html'", "2:15: error_page: found no status, expected")]
    [InlineData("'=200 /404.html'", "2:15: error_page: found no status, expected")]
    [InlineData("'4o4 /404.html'", "2:15: error_page: found '4o4', expected a whole number from 300 to 599")]
    [InlineData("'200 /404.html'", "2:15: error_page: found '200', expected a whole number from 300 to 599")]
    [InlineData("'404 600 /404.html'", "2:19: error_page: found '600', expected a whole number from 300 to 599")]
    [InlineData("'499 /404.html'", "2:15: error_page: 499 stands for a client that has gone")]
    [InlineData("'494 /404.html'", "2:15: error_page: 494 is 431 here")]
    [InlineData("'404 =2oo /404.html'", "2:20: error_page: found '2oo', expected a whole number from 200 to 599")]
    [InlineData("'404 =199 /404.html'", "2:20: error_page: found '199', expected a whole number from 200 to 599")]
    [InlineData("'404 404.html'", "2:19: error_page: found '404.html', expected a path that starts with '/', the name of a location such as '@fallback', or a URL")]
    [InlineData("'404 @'", "2:19: error_page: found '@', expected a path")]
    [InlineData("'404 =200 http://a/'", "2:24: error_page: a URL is answered with a redirect")]
    [InlineData("'404 = http://a/'", "2:21: error_page: a URL is answered with a redirect")]
    [InlineData("['404 /a', '404 /b']", "2:14: error_page: the status 404 is given twice")]
    [InlineData("'404 /a;'", "2:21: error_page: found ';'")]
    [InlineData("'404 @nowhere'", "2:19: error_page: the server at test.toml:1:1 has no location '@nowhere'")]
    [InlineData("'404 @fallbak'", "2:19: error_page: the server at test.toml:1:1 has no location '@fallbak', did you mean '@fallback'?")]
    [InlineData("\"404 /a\\u0001\"", "2:19: error_page: a target cannot hold control characters")]
    [InlineData("5", "2:14: error_page: found 5, expected a line such as")]
    [InlineData("{ status = 404 }", "2:14: error_page: 'target' is missing")]
    [InlineData("{ status = 404, response = 'x', target = '/a' }", "2:41: error_page response: found 'x', expected a status from 200 to 599, or \"target\"")]
    public void Fault_is_told(string value, string expected)
    {
        Assert.StartsWith(expected, Faults(Document(value)));
    }

    [Fact]
    public void Inner_level_replaces_those_of_the_outer_one()
    {
        var config = LoadGood("error_page = '404 /a'\nproxy_intercept_errors = true\n[[server]]\nerror_page = '500 /b'\n[[server.location]]\npath = '/'\nreturn = 200");
        var settings = config.Servers[0].Locations[0].Settings.Over(config.Servers[0].Settings.Over(config.Settings)).Rewriting;

        Assert.Equal([500], settings.ErrorPages!.SelectMany(p => p.Statuses));
        Assert.True(settings.InterceptErrors);
    }

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        var random = new Random(7);
        int?[] responses = [null, 0, 200, 301, 404, 503];
        string[] targets = ["/404.html", "/a b", "/$uri?$args", "@fallback", "$page", "/\"quoted\"", "/;", "/ü"];
        for (var i = 0; i < 500; i++)
        {
            var statuses = Enumerable.Range(300, 140).OrderBy(_ => random.Next()).Take(random.Next(1, 6)).ToArray();
            var page = new ErrorPageConfig(SourceLocation.None, statuses, responses[random.Next(responses.Length)], new ConfigText(targets[random.Next(targets.Length)], SourceLocation.None));
            var written = ErrorPageType.Instance.Write(page);

            var read = Assert.Single(LoadGood(Document(written)).Servers[0].Settings.Rewriting.ErrorPages!);
            Assert.Equal(Show(page), Show(read));
        }
    }

    [Fact]
    public void No_text_breaks_the_reader()
    {
        var random = new Random(11);
        const string Alphabet = "0459= @/$a'\"\\;http:";
        for (var i = 0; i < 3000; i++)
        {
            var line = string.Concat(Enumerable.Range(0, random.Next(0, 24)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            var result = Load(Document(TomlFormat.Quote(line)));
            Assert.True(result.Errors.Count > 0 || result.Config!.Servers[0].Settings.Rewriting.ErrorPages!.All(p => p.Statuses.Count > 0 && p.Target.Value.Length > 0), line);
        }
    }

    private static string Document(string value) => $"[[server]]\nerror_page = {value}\n[[server.location]]\npath = '@fallback'\nreturn = 200\n";
}
