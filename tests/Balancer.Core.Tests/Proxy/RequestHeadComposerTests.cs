using System.Text.RegularExpressions;
using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>The heads upstream servers get, byte for byte.</summary>
public partial class RequestHeadComposerTests
{
    private const string Own = "X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: t\r\nX-Request-ID: ID\r\n";

    [Fact]
    public async Task Fields_keep_their_order_and_case_and_ours_follow_them()
    {
        var head = await ComposeAsync("GET /p?q=1 HTTP/1.1\r\nHost: t\r\nuser-agent: a\r\nX-B: 2\r\nACCEPT: */*\r\nX-A: 1\r\nX-B: 3\r\n\r\n");

        Assert.Equal($"GET /p?q=1 HTTP/1.1\r\nHost: t\r\nuser-agent: a\r\nX-B: 2\r\nACCEPT: */*\r\nX-A: 1\r\nX-B: 3\r\n{Own}\r\n", head);
    }

    [Theory]
    [InlineData("X-A:1", "X-A: 1")]
    [InlineData("X-A:   1", "X-A: 1")]
    [InlineData("X-A: \t 1 \t ", "X-A: 1")]
    [InlineData("X-A:", "X-A: ")]
    [InlineData("X-A:  ", "X-A: ")]
    [InlineData("X-A: a  b", "X-A: a  b")]
    [InlineData("X-A: caf\u00e9", "X-A: caf\u00e9")]
    public async Task Blanks_around_values_become_one(string line, string expected)
    {
        var head = await ComposeAsync($"GET / HTTP/1.1\r\nX-0: 0\r\n{line}\r\nHost: t\r\nX-1: 1\r\n\r\n");

        Assert.Equal($"GET / HTTP/1.1\r\nHost: t\r\nX-0: 0\r\n{expected}\r\nX-1: 1\r\n{Own}\r\n", head);
    }

    [Fact]
    public async Task Lines_of_one_field_keep_their_order_however_they_are_written()
    {
        var head = await ComposeAsync("GET / HTTP/1.1\r\nHost: t\r\nX-A: 1\r\nX-A:2\r\nX-A: 3\r\nX-B: 1\r\nX-A:  4\r\nX-A:5\r\nX-A: 6\r\n\r\n");

        Assert.Equal($"GET / HTTP/1.1\r\nHost: t\r\nX-A: 1\r\nX-A: 2\r\nX-A: 3\r\nX-B: 1\r\nX-A: 4\r\nX-A: 5\r\nX-A: 6\r\n{Own}\r\n", head);
    }

    [Theory]
    [InlineData("Connection: keep-alive")]
    [InlineData("Connection: close")]
    [InlineData("Keep-Alive: timeout=5")]
    [InlineData("Proxy-Connection: keep-alive")]
    [InlineData("TE: gzip, trailers")]
    [InlineData("Upgrade: h2c")]
    [InlineData("Connection: X-Hop\r\nX-Hop: 1")]
    [InlineData("X-Hop: 1\r\nConnection: X-Hop")]
    [InlineData("Connection: a, x-hOP ,b\r\nX-Hop: 1\r\nx-hop: 2")]
    [InlineData("Connection: X-Hop\r\nConnection: X-Hip\r\nX-Hop: 1\r\nX-Hip: 2")]
    [InlineData("X_Under: 1")]
    [InlineData("X-Forwarded-For: 6.6.6.6")]
    [InlineData("X-Real-IP: 6.6.6.6")]
    [InlineData("X-Forwarded-Proto: https")]
    [InlineData("X-Forwarded-Host: evil")]
    [InlineData("X-Forwarded-Port: 1")]
    [InlineData("Forwarded: for=6.6.6.6")]
    [InlineData("X-Request-ID: mine")]
    [InlineData("x-request-id: mine")]
    [InlineData("Expect: 100-continue")]
    public async Task Fields_that_end_here_or_claim_what_only_a_proxy_may_are_dropped(string lines)
    {
        var head = await ComposeAsync($"GET / HTTP/1.1\r\nHost: t\r\nX-0: 0\r\n{lines}\r\nX-1: 1\r\n\r\n");

        Assert.Equal($"GET / HTTP/1.1\r\nHost: t\r\nX-0: 0\r\nX-1: 1\r\n{Own}\r\n", head);
    }

    [Theory]
    [InlineData("Content-Length: 4\r\n\r\nbody", "Content-Length: 4")]
    [InlineData("Content-Length: 0004\r\n\r\nbody", "Content-Length: 4")]
    [InlineData("Content-Length: 0\r\n\r\n", "Content-Length: 0")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n", "Transfer-Encoding: chunked")]
    [InlineData("Connection: Content-Length, Transfer-Encoding, Host\r\nContent-Length: 4\r\n\r\nbody", "Content-Length: 4")]
    public async Task The_framing_of_the_body_comes_last_and_in_one_form(string rest, string expected)
    {
        var head = await ComposeAsync($"POST / HTTP/1.1\r\nHost: t\r\n{rest}");

        Assert.Equal($"POST / HTTP/1.1\r\nHost: t\r\n{Own}{expected}\r\n\r\n", head);
    }

    [Theory]
    [InlineData("X-Tenant = 'a'", "X-Tenant: a\r\n", "")]
    [InlineData("X-Tenant = '$arg_t'", "X-Tenant: 7\r\n", "")]
    [InlineData("X-Tenant = ''", "", "")]
    [InlineData("X-Tenant = '$arg_nothing'", "", "")]
    [InlineData("X-Old = 'new'", "X-Old: new\r\n", "")]
    [InlineData("x-old = ''", "", "")]
    [InlineData("Host = '$proxy_host'", "", "pool")]
    [InlineData("Host = ''", "", "pool")]
    [InlineData("Host = 'other:81'", "", "other:81")]
    [InlineData("Accept = 'x', X-Forwarded-For = 'y'", "Accept: x\r\nX-Forwarded-For: y\r\n", "")]
    public async Task Set_fields_take_the_place_of_the_clients_and_of_ours(string set, string expected, string host)
    {
        var head = await ComposeAsync("GET /?t=7 HTTP/1.1\r\nHost: t\r\nX-Old: old\r\nAccept: */*\r\n\r\n", $"proxy_set_header = {{ {set} }}");

        var own = set.Contains("X-Forwarded-For", StringComparison.Ordinal) ? Own["X-Forwarded-For: 127.0.0.1\r\n".Length..] : Own;
        var old = set.Contains("old", StringComparison.OrdinalIgnoreCase) ? "" : "X-Old: old\r\n";
        var accept = set.Contains("Accept", StringComparison.Ordinal) ? "" : "Accept: */*\r\n";
        Assert.Equal($"GET /?t=7 HTTP/1.1\r\nHost: {(host.Length > 0 ? host : "t")}\r\n{old}{accept}{own}{expected}\r\n", head);
    }

    [Fact]
    public async Task Values_cannot_split_the_head()
    {
        var head = await ComposeAsync("GET /?t=%0d%0aX-Evil:1 HTTP/1.1\r\nHost: t\r\n\r\n", "proxy_set_header = { X-T = '$uri $arg_t' }\nproxy_pass = 'http://pool$uri'", path: "~ ^/(.*)$");

        Assert.DoesNotContain("\r\nX-Evil", head);
        Assert.Equal("X-T: / %0d%0aX-Evil:1", head.Split("\r\n").Single(line => line.StartsWith("X-T")));
    }

    [Fact]
    public async Task A_decoded_line_break_in_a_value_is_made_harmless()
    {
        var head = await ComposeAsync("GET /a%0d%0aX-Evil:%201 HTTP/1.1\r\nHost: t\r\n\r\n", "proxy_set_header = { X-T = '$uri' }");

        Assert.DoesNotContain(head.Split("\r\n"), line => line.StartsWith("X-Evil"));
    }

    [Theory]
    [InlineData("X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 1.1.1.1, 127.0.0.1\r\nX-Real-IP: 1.1.1.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: t\r\nX-Request-ID: ID\r\n", "")]
    [InlineData("X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2", "X-Forwarded-For: 1.1.1.1, 2.2.2.2, 127.0.0.1\r\nX-Real-IP: 2.2.2.2\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: t\r\nX-Request-ID: ID\r\n", "")]
    [InlineData("X-Forwarded-Proto: https", "X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\nX-Forwarded-Host: t\r\nX-Request-ID: ID\r\n", "X-Forwarded-Proto: https\r\n")]
    [InlineData("X-Request-ID: 00000000000000000000000000000001", "X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: t\r\n", "X-Request-ID: ID\r\n")]
    public async Task A_trusted_proxy_is_believed(string lines, string own, string passed)
    {
        var head = await ComposeAsync($"GET / HTTP/1.1\r\nHost: t\r\n{lines}\r\n\r\n", "set_real_ip_from = '127.0.0.0/8'\nreal_ip_header = 'X-Forwarded-For'");

        Assert.Equal($"GET / HTTP/1.1\r\nHost: t\r\n{passed}{own}\r\n", head);
    }

    [Theory]
    [InlineData("GET /a/../b/./c HTTP/1.1", "", "/", "GET /a/../b/./c HTTP/1.1")]
    [InlineData("GET /%41%2f?%41 HTTP/1.1", "", "/", "GET /%41%2f?%41 HTTP/1.1")]
    [InlineData("GET //a HTTP/1.1", "", "/", "GET //a HTTP/1.1")]
    [InlineData("GET /? HTTP/1.1", "", "/", "GET /? HTTP/1.1")]
    [InlineData("GET /api/x%20y?q HTTP/1.1", "/v2/", "/api/", "GET /v2/x%20y?q HTTP/1.1")]
    [InlineData("GET /api/a/../b HTTP/1.1", "/", "/api/", "GET /b HTTP/1.1")]
    [InlineData("GET /api/?a=b HTTP/1.1", "/", "/api/", "GET /?a=b HTTP/1.1")]
    [InlineData("GET /api/one HTTP/1.1", "/x$uri", "/api/", "GET /x/api/one HTTP/1.1")]
    [InlineData("GET /api/one HTTP/1.1", "/x?$args", "/api/", "GET /x? HTTP/1.1")]
    [InlineData("M-SEARCH * HTTP/1.1", "", "/", null)]
    public async Task The_target_is_what_proxy_pass_says(string line, string uri, string path, string? expected)
    {
        await using var upstream = ScriptedUpstream.Ok();
        var toml = TestGateway.Toml([upstream.Address]).Replace("path = \"/\"", $"path = '{path}'", StringComparison.Ordinal).Replace("http://pool", $"http://pool{uri}", StringComparison.Ordinal);
        await using var gateway = await TestGateway.StartAsync(toml);

        var response = await gateway.SendAsync($"{line}\r\nHost: t\r\n\r\n");

        Assert.Equal(expected is null ? 400 : 200, response.Status);
        Assert.Equal(expected, upstream.Requests.SingleOrDefault()?.FirstLine);
    }

    [Fact]
    public async Task A_host_without_a_pool_is_named_in_Host_for_clients_without_one()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync($$"""
            [[server]]
            listen = "127.0.0.1:0"
              [[server.location]]
              path = "/"
              proxy_pass = "http://{{upstream.Address}}"
            """);

        await gateway.SendAsync("GET / HTTP/1.0\r\n\r\n");

        Assert.Equal(upstream.Address, Assert.Single(upstream.Requests)["Host"]);
    }

    private static async Task<string> ComposeAsync(string request, string location = "", string path = "/")
    {
        var heads = new List<string>();
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            heads.Add(await wire.ReadHeadTextAsync());
            await wire.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        });
        var toml = TestGateway.Toml([upstream.Address], location).Replace("path = \"/\"", $"path = '{path}'", StringComparison.Ordinal);
        if (location.Contains("proxy_pass", StringComparison.Ordinal))
        {
            toml = toml.Replace("proxy_pass = \"http://pool\"", "", StringComparison.Ordinal);
        }

        await using var gateway = await TestGateway.StartAsync(toml);
        Assert.Equal(204, (await gateway.SendAsync(request)).Status);
        return RequestId().Replace(Assert.Single(heads), "X-Request-ID: ID\r\n");
    }

    [GeneratedRegex("X-Request-ID: [0-9a-f]{32}\r\n")]
    private static partial Regex RequestId();
}
