using System.Text;
using Balancer.Http;
using Balancer.Http.Http1;

namespace Balancer.Routing;

public sealed class ProxyUriTests
{
    // Expected values were taken from a running nginx, but for the unencoded characters of the second row, which it passes on when no other is encoded.
    [Theory]
    [InlineData("/base/", "/uri/", "/uri/a%20b%3Fc?d=1", "/base/a%20b%3Fc?d=1")]
    [InlineData("/base/", "/uri/", "/uri/a|b", "/base/a%7Cb")]
    [InlineData("/base/", "/uri/", "/uri/%e9%7f~", "/base/%E9%7F~")]
    [InlineData("/base/", "/uri/", "/uri/a?", "/base/a")]
    [InlineData("/base/", "/uri/", "/uri//a/../b%2fc", "/base/b/c")]
    [InlineData("/base/", "/uri/", "/uri/%2541", "/base/%2541")]
    [InlineData("/base/", "/uri/", "/uri/a'(!)*;:@&=+$,[]%41", "/base/a'(!)*;:@&=+$,[]A")]
    [InlineData("/base/", "/uri/", "http://h/uri/a%20b?x", "/base/a%20b?x")]
    [InlineData("/x", "/noslash", "/noslashabc", "/xabc")]
    [InlineData("/x", "/noslash", "/noslash", "/x")]
    [InlineData("/", "/", "/a/b?c", "/a/b?c")]
    [InlineData("/x", "/exact", "/exact?q", "/x?q")]
    [InlineData(null, "/raw/", "/raw/a%20b//../c?", "/raw/a%20b//../c?")]
    [InlineData("", "/", "/raw/..//raw/%41", "/raw/..//raw/%41")]
    [InlineData(null, "/", "http://h", "/")]
    [InlineData(null, "/", "http://h?x=1", "/?x=1")]
    [InlineData(null, "/", "http://h/a%20b?", "/a%20b?")]
    public void Target_upstream_is_that_of_nginx(string? uri, string location, string target, string expected) =>
        Assert.Equal(expected, Write("GET", uri, location, target));

    [Theory]
    [InlineData("*", "*")]
    [InlineData("http://h", "*")]
    [InlineData("http://h/", "/")]
    public void Options_for_the_whole_server_stays_one(string target, string expected) =>
        Assert.Equal(expected, Write("OPTIONS", null, "/", target));

    private static string Write(string method, string? uri, string location, string target)
    {
        var data = Encoding.ASCII.GetBytes($"{method} {target} HTTP/1.1\r\nHost: h\r\n\r\n");
        var head = new RequestHead();
        var result = new Http1RequestParser(HeadLimits.Requests).Parse(data, head);
        Assert.Equal(HeadParseStatus.Complete, result.Status);
        head.Own(data);
        var path = new byte[head.Path.Length];
        var pathLength = UriNormalizer.Normalize(head.Path, path);
        var proxyUri = new ProxyUri(uri, location);
        var destination = new byte[proxyUri.MaxLength(head, path.AsSpan(0, pathLength))];

        var length = proxyUri.Write(head, path.AsSpan(0, pathLength), destination);

        return Encoding.ASCII.GetString(destination, 0, length);
    }
}
