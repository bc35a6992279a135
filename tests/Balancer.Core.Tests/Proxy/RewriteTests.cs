using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>Rewriting, as far as no comparison with nginx shows it.</summary>
public sealed class RewriteTests
{
    [Fact]
    public async Task Circle_ends_with_500_and_a_line_in_the_log()
    {
        await using var gateway = await StartAsync("", "path = '/'\nrewrite = '^/(.*)$ /x$1 last'");

        Assert.Equal(500, (await gateway.GetAsync("/a")).Status);
        await gateway.IdleAsync();
        Assert.Equal(1, gateway.Host.Counters.Errors(Http.ProxyError.GatewayRedirectCycle).Value);
        Assert.Contains("uri=/xxxxxxxxxxxa", Assert.Single(gateway.Log.Named("redirect-cycle")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expression_that_takes_too_long_is_answered_500()
    {
        await using var gateway = await StartAsync("rewrite = '^/(a+)+\\1b$ /x'", "path = '/'\nreturn = 200");

        Assert.Equal(500, (await gateway.GetAsync($"/{new string('a', 60)}")).Status);
        Assert.Single(gateway.Log.Named("expression-given-up"));
        Assert.Equal(200, (await gateway.GetAsync("/b")).Status);
    }

    [Fact]
    public async Task Line_end_in_a_path_does_not_split_a_redirect()
    {
        await using var gateway = await StartAsync("rewrite = '^/to/(?<rest>(?s:.*))$ https://a.example/$rest permanent'", "path = '/'\nreturn = 200");

        var response = await gateway.GetAsync("/to/x%0d%0aSet-Cookie:%20a=b");

        Assert.Equal((301, "https://a.example/x  Set-Cookie: a=b", null), (response.Status, response["Location"], response["Set-Cookie"]));
    }

    [Fact]
    public async Task Variables_of_one_request_are_not_those_of_the_next()
    {
        await using var gateway = await StartAsync("", "path = '/a'\nset = { tenant = '$arg_t' }\nreturn = '200 [$tenant]'", "path = '/b'\nreturn = '200 [$tenant]'");
        using var client = await gateway.ConnectAsync();
        foreach (var (target, text) in ((string, string)[])[("/a?t=x", "[x]"), ("/b", "[]"), ("/a", "[]"), ("/a?t=yy", "[yy]"), ("/b?t=z", "[]")])
        {
            await client.SendAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(text, (await client.ReadResponseAsync()).Text);
        }
    }

    [Fact]
    public async Task Named_captures_of_the_location_stay_when_a_rule_has_its_own()
    {
        await using var upstream = ScriptedUpstream.Answer(request => ScriptedUpstream.OkText(request.FirstLine));
        await using var gateway = await StartAsync("", $"path = '~ ^/(?<tenant>[a-z]+)/'\nrewrite = '^/[a-z]+/(?<rest>.*)$ /$rest break'\nproxy_pass = 'http://{upstream.Address}'\nadd_header = {{ X-Tenant = '$tenant $rest $1' }}");

        var response = await gateway.GetAsync("/acme/orders?x=1");

        Assert.Equal(("GET /orders?x=1 HTTP/1.1", "acme orders orders"), (response.Text, response["X-Tenant"]));
    }

    private static Task<TestGateway> StartAsync(string server, params string[] locations) => TestGateway.StartAsync(
        $"[[server]]\nlisten = '127.0.0.1:0'\n{server}\n{string.Concat(locations.Select(location => $"[[server.location]]\n{location}\n"))}");
}
