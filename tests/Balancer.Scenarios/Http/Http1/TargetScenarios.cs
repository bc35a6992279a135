using Balancer.Harness;

namespace Balancer.Http.Http1;

/// <summary>The forms of a request target (RFC 9112 section 3.2).</summary>
public sealed class TargetScenarios(PlainGatewayFixture fixture) : IClassFixture<PlainGatewayFixture>
{
    [Theory]
    [InlineData("/plain")]
    [InlineData("/query?a=b&c=%20d?e/f")]
    [InlineData("/encoded/%41%2f%2F%7e~/%C3%A9")]
    [InlineData("/dots/./a/../b")]
    [InlineData("//double//slash")]
    [InlineData("/semi;colon=1,2@:!$&'()*+=")]
    [InlineData("/empty-query?")]
    public async Task Origin_form_goes_upstream_unchanged(string target)
    {
        Assert.Equal(200, (await fixture.GetAsync(target)).Status);
        Assert.Single(fixture.Upstream.Requests, r => r.Target == target);
    }

    [Theory]
    [InlineData("http://other.example/absolute?x=1", "/absolute?x=1", "other.example")]
    [InlineData("http://other.example:8080/absolute-port", "/absolute-port", "other.example:8080")]
    [InlineData("HTTP://other.example/absolute-case", "/absolute-case", "other.example")]
    [InlineData("http://other.example?absolute-query", "/?absolute-query", "other.example")]
    public async Task Absolute_form_becomes_origin_form_and_its_authority_the_host(string target, string expected, string host)
    {
        var response = await fixture.SendOnceAsync($"GET {target} HTTP/1.1\r\nHost: ignored.example\r\nConnection: close\r\n\r\n");
        Assert.Equal(200, response.Status);
        var request = Assert.Single(fixture.Upstream.Requests, r => r.Target == expected);
        Assert.Equal([host], request.Values("Host"));
    }

    [Fact]
    public async Task Asterisk_form_of_options_goes_upstream()
    {
        Assert.Equal(200, (await fixture.SendOnceAsync("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).Status);
        Assert.Single(fixture.Upstream.Requests, r => r.RequestLine == "OPTIONS * HTTP/1.1");
    }

    [Theory]
    [InlineData("CONNECT a:443 HTTP/1.1", 405, 501)]
    [InlineData("GET * HTTP/1.1", 400, 400)]
    [InlineData("GET a/b HTTP/1.1", 400, 400)]
    [InlineData("GET ftp://a/b HTTP/1.1", 400, 400)]
    public async Task Target_that_does_not_fit_the_method_reaches_no_upstream(string line, int status, int orStatus)
    {
        var before = fixture.Upstream.Requests.Count(r => r.RequestLine == line);
        var response = await fixture.SendOnceAsync($"{line}\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.True(response.Status == status || response.Status == orStatus, response.Head);
        Assert.Equal(before, fixture.Upstream.Requests.Count(r => r.RequestLine == line));
    }
}
