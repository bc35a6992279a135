using System.Text;

namespace Balancer.Http;

public sealed class UriNormalizerTests
{
    public static TheoryData<string> Refused => new(RefusedPaths.All);

    // Expected values were taken from a running nginx.
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/index.html", "/index.html")]
    [InlineData("/a//b", "/a/b")]
    [InlineData("//", "/")]
    [InlineData("///a", "/a")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/./", "/")]
    [InlineData("/.", "/")]
    [InlineData("/a/.", "/a/")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/..", "/")]
    [InlineData("/a/b/../../c", "/c")]
    [InlineData("/a//../b", "/b")]
    [InlineData("/a/...", "/a/...")]
    [InlineData("/.a", "/.a")]
    [InlineData("/..a", "/..a")]
    [InlineData("/a/..b/", "/a/..b/")]
    [InlineData("/a/.b", "/a/.b")]
    [InlineData("/a./b../c", "/a./b../c")]
    [InlineData("/a%2Fb", "/a/b")]
    [InlineData("/a%2f..%2fb", "/b")]
    [InlineData("/a/%2e%2e/b", "/b")]
    [InlineData("/a/.%2E/b", "/b")]
    [InlineData("/%2E", "/")]
    [InlineData("/%2f%2fa", "/a")]
    [InlineData("/a%20b", "/a b")]
    [InlineData("/a%3Fb", "/a?b")]
    [InlineData("/a%23b", "/a#b")]
    [InlineData("/a%25b", "/a%b")]
    [InlineData("/a%252fb", "/a%2fb")]
    [InlineData("/a/%25/../b", "/a/b")]
    [InlineData("/a%0ab", "/a\nb")]
    [InlineData("/a+b", "/a+b")]
    [InlineData("/a%C3%A9", "/a\u00c3\u00a9")]
    public void Path_is_decoded_and_resolved(string path, string expected)
    {
        Assert.Equal(expected, Normalize(path));
        Assert.Equal(expected == path && !path.Contains("/.", StringComparison.Ordinal), UriNormalizer.IsNormal(Encoding.Latin1.GetBytes(path)));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Broken_encoding_and_escape_from_the_root_are_refused(string path) => Assert.Null(Normalize(path));

    [Fact]
    public void Normal_form_of_any_path_is_refused_or_free_of_dot_segments()
    {
        var random = new Random(1);
        var pieces = new[] { "/", ".", "..", "a", "%2e", "%2F", "%41", "b.c", "//", "~" };
        for (var i = 0; i < 20_000; i++)
        {
            var path = "/" + string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => pieces[random.Next(pieces.Length)]));
            var normal = Normalize(path);
            if (normal is null)
            {
                Assert.Contains("..", path.Replace("%2e", ".", StringComparison.Ordinal), StringComparison.Ordinal);
                continue;
            }

            Assert.StartsWith("/", normal, StringComparison.Ordinal);
            Assert.DoesNotContain("//", normal, StringComparison.Ordinal);
            Assert.DoesNotContain("/./", normal + "/", StringComparison.Ordinal);
            Assert.DoesNotContain("/../", normal + "/", StringComparison.Ordinal);
            Assert.Equal(normal, Normalize(normal));
        }
    }

    [Theory]
    [InlineData("/plain-path_~!$&'()*+,;=:@[]", "/plain-path_~!$&'()*+,;=:@[]")]
    [InlineData("a b?c", "a%20b%3Fc")]
    [InlineData("a|b{}`^\\\"<>", "a%7Cb%7B%7D%60%5E%5C%22%3C%3E")]
    [InlineData("%#\n\u007f\u00e9", "%25%23%0A%7F%E9")]
    [InlineData("", "")]
    public void Decoded_path_is_encoded_again(string path, string expected)
    {
        var bytes = Encoding.Latin1.GetBytes(path);
        var escaped = new byte[UriEscaper.MaxLength(bytes.Length)];

        Assert.Equal(expected, Encoding.Latin1.GetString(escaped, 0, UriEscaper.Escape(bytes, escaped)));
    }

    [Theory]
    [InlineData("/plain-path_~!$&'()*+,;=:@[]?a=b&c?d", "/plain-path_~!$&'()*+,;=:@[]?a=b&c?d")]
    [InlineData("/a b\tc\r\nX: y", "/a%20b%09c%0D%0AX:%20y")]
    [InlineData("/a%20b%zz%", "/a%20b%zz%")]
    [InlineData("/a#b|c{}`^\\\"<>", "/a%23b%7Cc%7B%7D%60%5E%5C%22%3C%3E")]
    [InlineData("/caf\u00c3\u00a9\u007f\0", "/caf%C3%A9%7F%00")]
    [InlineData("", "")]
    public void Text_becomes_a_valid_target(string text, string expected)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var escaped = new byte[UriEscaper.MaxLength(bytes.Length)];

        Assert.Equal(expected, Encoding.Latin1.GetString(escaped, 0, UriEscaper.EscapeTarget(bytes, escaped)));
    }

    private static string? Normalize(string path)
    {
        var bytes = Encoding.Latin1.GetBytes(path);
        var normal = new byte[bytes.Length];
        var length = UriNormalizer.Normalize(bytes, normal);
        return length < 0 ? null : Encoding.Latin1.GetString(normal, 0, length);
    }
}
