using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>CORS by the way of a whole request.</summary>
public sealed class CorsTests
{
    private const string Cors = """
        cors = { allow_origin = ["https://app.example.com", "https://*.example.org"], allow_methods = ["GET", "PUT"], allow_headers = ["Authorization"], expose_headers = "X-Total", allow_credentials = true, max_age = "1h" }
        """;

    private static readonly string[] Names = ["Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Expose-Headers", "Access-Control-Max-Age", "Vary"];

    [Theory]
    [InlineData("GET", "https://app.example.com", null, 200, "https://app.example.com|true|||X-Total||Origin, Accept-Encoding")]
    [InlineData("GET", "https://a.example.org", null, 200, "https://a.example.org|true|||X-Total||Origin, Accept-Encoding")]
    [InlineData("GET", "https://evil.test", null, 200, "||||||Origin, Accept-Encoding")]
    [InlineData("GET", null, null, 200, "||||||Origin, Accept-Encoding")]
    [InlineData("OPTIONS", "https://app.example.com", "PUT", 204, "https://app.example.com|true|GET, PUT|Authorization||3600|Origin")]
    [InlineData("OPTIONS", "https://evil.test", "PUT", 204, "||||||Origin")]
    [InlineData("OPTIONS", "https://app.example.com", null, 200, "https://app.example.com|true|||X-Total||Origin, Accept-Encoding")]
    [InlineData("OPTIONS", null, "PUT", 200, "||||||Origin, Accept-Encoding")]
    public async Task Fields_are_the_gateways(string method, string? origin, string? asked, int status, string fields)
    {
        await using var upstream = ScriptedUpstream.Answer(_ => "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\naccess-control-max-age: 5\r\nVary: Accept-Encoding\r\nContent-Length: 2\r\n\r\nok");
        await using var gateway = await TestGateway.StartAsync(upstream, location: Cors);

        var response = await gateway.SendAsync($"{method} / HTTP/1.1\r\nHost: a\r\n{(origin is null ? "" : $"Origin: {origin}\r\n")}{(asked is null ? "" : $"Access-Control-Request-Method: {asked}\r\n")}\r\n");

        Assert.Equal(status, response.Status);
        Assert.Equal(fields, string.Join('|', Names.Select(name => string.Join(", ", response.Fields.Where(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(f => f.Value).OrderDescending()))));
        Assert.Equal(status == 204 ? 0 : 1, upstream.Requests.Count);
    }

    [Fact]
    public async Task Every_origin_gets_a_star_and_no_Vary()
    {
        await using var gateway = await TestGateway.StartAsync("[[server]]\nlisten = '127.0.0.1:0'\ncors = { allow_origin = '*' }\nreturn = '200 ok'");

        var response = await gateway.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nOrigin: https://x.test\r\n\r\n");

        Assert.Equal(("*", null), (response["Access-Control-Allow-Origin"], response["Vary"]));
    }

    [Fact]
    public async Task Errors_and_their_pages_have_the_fields_once()
    {
        await using var gateway = await TestGateway.StartAsync($"""
            [[server]]
            listen = "127.0.0.1:0"
            {Cors}
            error_page = ["404 /404", "502 = @502"]

              [[server.location]]
              path = "/404"
              return = "200 none"

              [[server.location]]
              path = "@502"
              return = "200 dead"

              [[server.location]]
              path = "/dead"
              proxy_pass = "http://127.0.0.1:1"

              [[server.location]]
              path = "/private"
              cors = false
              return = "403"
            """);

        foreach (var (target, status, count) in ((string, int, int)[])[("/x", 404, 1), ("/dead", 200, 1), ("/private", 403, 0)])
        {
            var response = await gateway.SendAsync($"GET {target} HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example.com\r\n\r\n");
            Assert.Equal((status, count, count), (response.Status, response.Count("Access-Control-Allow-Origin"), response.Count("Vary")));
        }

        Assert.Equal(204, (await gateway.SendAsync("OPTIONS /missing HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example.com\r\nAccess-Control-Request-Method: GET\r\n\r\n", isBodyless: true)).Status);
    }

    [Fact]
    public async Task Expression_that_takes_too_long_lets_no_origin_in()
    {
        await using var gateway = await TestGateway.StartAsync("[[server]]\nlisten = '127.0.0.1:0'\ncors = { allow_origin = '~^(a+)+\\1b$' }\nreturn = '200 ok'");

        var response = await gateway.SendAsync($"GET / HTTP/1.1\r\nHost: a\r\nOrigin: {new string('a', 60)}\r\n\r\n");

        Assert.Equal((200, null, "Origin"), (response.Status, response["Access-Control-Allow-Origin"], response["Vary"]));
        Assert.Single(gateway.Log.Named("expression-given-up"));
    }
}
