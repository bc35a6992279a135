using System.Text;
using Balancer.Configuration;

namespace Balancer.Routing;

public sealed class LocationTableTests
{
    private static readonly LocationTable<string> s_table = Build(
        ("= /", false),
        ("/", false),
        ("/documents/", false),
        ("^~ /images/", false),
        (@"~* \.(gif|jpg|jpeg)$", false),
        (@"~ ^/users/(?<id>\d+)/(\w+)$", false),
        (@"~ ^/users/", false),
        ("= /exact/", true),
        ("/api/", true),
        ("/api/v1/", true),
        ("/api-docs", false),
        ("~ ^/api$", false),
        ("/both/", true),
        ("/both", false),
        ("/üb er/", true));

    [Theory]
    [InlineData("/", "= /")]
    [InlineData("/index.html", "/")]
    [InlineData("/documents/document.html", "/documents/")]
    [InlineData("/images/1.gif", "^~ /images/")]
    [InlineData("/documents/1.jpg", @"~* \.(gif|jpg|jpeg)$")]
    [InlineData("/documents/1.JPG", @"~* \.(gif|jpg|jpeg)$")]
    [InlineData("/documents", "/")]
    [InlineData("/Documents/", "/")]
    [InlineData("/users/12/show", @"~ ^/users/(?<id>\d+)/(\w+)$")]
    [InlineData("/users/x", "~ ^/users/")]
    [InlineData("/exact/", "= /exact/")]
    [InlineData("/exact/x", "/")]
    [InlineData("/api/", "/api/")]
    [InlineData("/api/v", "/api/")]
    [InlineData("/api/v1/x", "/api/v1/")]
    [InlineData("/api/v1/x.gif", @"~* \.(gif|jpg|jpeg)$")]
    [InlineData("/api-docs/", "/api-docs")]
    [InlineData("/ap", "/")]
    [InlineData("/both", "/both")]
    [InlineData("/both/", "/both/")]
    [InlineData("/both-x", "/both")]
    public void Location_is_chosen_in_the_order_of_nginx(string path, string expected)
    {
        var result = Find(s_table, path);

        Assert.Equal(LocationOutcome.Found, result.Outcome);
        Assert.Equal(expected, result.Payload);
        Assert.Null(result.RedirectPath);
    }

    [Theory]
    [InlineData("/api", "/api/", "/api/")]
    [InlineData("/api/v1", "/api/v1/", "/api/v1/")]
    [InlineData("/exact", "= /exact/", "/exact/")]
    [InlineData("/üb er", "/üb er/", "/%C3%BCb%20er/")]
    public void Path_that_lacks_the_slash_of_a_proxied_location_is_redirected_before_any_regex(string path, string expected, string redirect)
    {
        var result = Find(s_table, path);

        Assert.Equal(LocationOutcome.AddSlash, result.Outcome);
        Assert.Equal(expected, result.Payload);
        Assert.Equal(redirect, Encoding.ASCII.GetString(result.RedirectPath!));
    }

    [Fact]
    public void Captures_come_in_the_order_they_open_with_their_names()
    {
        var result = Find(s_table, "/users/12/show");

        Assert.Equal(["/users/12/show", "12", "show"], result.Captures!);
        Assert.Equal<string?[]>([null, "id", null], result.CaptureNames!);
    }

    [Fact]
    public void Nothing_fits_without_a_root()
    {
        var table = Build(("/a/", false), ("/b", false));

        Assert.Equal(LocationOutcome.None, Find(table, "/").Outcome);
        Assert.Equal(LocationOutcome.None, Find(table, "/a").Outcome);
        Assert.Equal(LocationOutcome.Found, Find(table, "/a/").Outcome);
        Assert.Equal(LocationOutcome.None, Find(table, "/aa/").Outcome);
        Assert.Equal(LocationOutcome.None, Find(Build(), "/").Outcome);
    }

    [Theory]
    [InlineData("/a", "/a")]
    [InlineData("/a", "^~ /a")]
    [InlineData("= /a", "= /a")]
    public void Same_path_twice_is_an_error(string first, string second)
    {
        var builder = new LocationTableBuilder<string>();

        Assert.Null(Add(builder, first, false));
        Assert.Contains("duplicate", Add(builder, second, false), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("^/(?<host>.*)", "the capture 'host' is named like the variable '$host', expected another name")]
    [InlineData("^/(?<x>.)(?<http_x>.)", "the capture 'http_x' is named like the variable '$http_x', expected another name")]
    [InlineData("^/(?<tenant>.*)", null)]
    public void Capture_may_not_hide_behind_a_variable(string pattern, string? error) =>
        Assert.Equal(error, new LocationTableBuilder<string>().Add(LocationMatch.Regex, pattern, "", false));

    [Fact]
    public void Broken_expression_is_an_error() =>
        Assert.NotNull(new LocationTableBuilder<string>().Add(LocationMatch.Regex, "(", "", false));

    [Fact]
    public void Longest_prefix_equals_a_linear_search()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var prefixes = Enumerable.Range(0, random.Next(1, 40)).Select(_ => RandomPath(random)).Distinct().ToArray();
            var table = Build(prefixes.Select(p => (p, false)).ToArray());
            for (var i = 0; i < 50; i++)
            {
                var path = RandomPath(random) + RandomPath(random);
                var expected = prefixes.Where(p => path.StartsWith(p, StringComparison.Ordinal)).MaxBy(p => p.Length);
                Assert.Equal(expected, Find(table, path).Payload);
            }
        }
    }

    [Fact]
    public void Lookup_without_captures_does_not_allocate()
    {
        var paths = new[] { "/", "/index.html", "/api/v1/users", "/images/1.gif" }.Select(Encoding.ASCII.GetBytes).ToArray();
        var found = 0;
        long Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var path in paths)
            {
                found += s_table.Find(path).Outcome == LocationOutcome.Found ? 1 : 0;
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Measure();

        Assert.Equal(0, Measure());
        Assert.Equal(8, found);
    }

    private static string RandomPath(Random random) =>
        "/" + string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => "ab/-"[random.Next(4)]));

    private static LocationTable<string> Build(params (string Text, bool IsProxied)[] locations)
    {
        var builder = new LocationTableBuilder<string>();
        foreach (var (text, isProxied) in locations)
        {
            Assert.Null(Add(builder, text, isProxied));
        }

        return builder.Build();
    }

    private static string? Add(LocationTableBuilder<string> builder, string text, bool isProxied)
    {
        var space = text.StartsWith('/') ? -1 : text.IndexOf(' ', StringComparison.Ordinal);
        var match = (space < 0 ? "" : text[..space]) switch
        {
            "=" => LocationMatch.Exact,
            "^~" => LocationMatch.PrefixNoRegex,
            "~" => LocationMatch.Regex,
            "~*" => LocationMatch.RegexIgnoreCase,
            _ => LocationMatch.Prefix,
        };
        return builder.Add(match, text[(space + 1)..], text, isProxied);
    }

    private static LocationResult<string> Find(LocationTable<string> table, string path) => table.Find(Encoding.UTF8.GetBytes(path));
}
