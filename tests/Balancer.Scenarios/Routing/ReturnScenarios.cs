using Balancer.Harness;

namespace Balancer.Routing;

/// <summary><c>return</c> answers what nginx answers with the same file.</summary>
public sealed class ReturnScenarios(ReturnScenarios.Fixture fixture) : IClassFixture<ReturnScenarios.Fixture>
{
    public sealed class Fixture : OracleFixture
    {
        protected override string Toml => """
            [[server]]
            listen = "127.0.0.1:PORT"
            server_name = ["return.example"]
            default_type = "text/plain"

              [[server.location]]
              path = "/text"
              return = "200 hello $arg_name, you asked $host for $request_uri"

              [[server.location]]
              path = "/empty"
              return = "204"

              [[server.location]]
              path = "/moved"
              return = "301 https://$host$request_uri"

              [[server.location]]
              path = "/found"
              return = "302 /elsewhere?$args"

              [[server.location]]
              path = "/path"
              return = "301 $arg_to"

              [[server.location]]
              path = "/slash/"
              proxy_pass = "http://127.0.0.1:1"

              [[server.location]]
              path = "/see"
              return = "303 http://other.example/"

              [[server.location]]
              path = "/temporary"
              return = "307 http://other.example$uri"

              [[server.location]]
              path = "/permanent"
              return = "308 http://other.example$uri"

              [[server.location]]
              path = "/bare"
              return = "http://bare.example/"

              [[server.location]]
              path = "/gone"
              return = "410"

              [[server.location]]
              path = "/teapot"
              return = "418 short and stout"

              [[server.location]]
              path = "/misdirected"
              return = "421"

              [[server.location]]
              path = "/silence"
              return = "444"
            """;
    }

    [RequiresToolTheory("nginx")]
    [InlineData("/text?name=you")]
    [InlineData("/empty")]
    [InlineData("/moved/a%20b?c=d")]
    [InlineData("/found?x=y")]
    [InlineData("/see")]
    [InlineData("/temporary/a%20b")]
    [InlineData("/permanent")]
    [InlineData("/bare")]
    [InlineData("/gone")]
    [InlineData("/teapot")]
    [InlineData("/misdirected")]
    [InlineData("/no/location/at/all")]
    public async Task Answer_is_the_one_of_nginx(string target)
    {
        var request = $"GET {target} HTTP/1.1\r\nHost: return.example\r\n\r\n";
        var expected = await RawClient.SendOnceAsync(fixture.NginxPort, request);
        await using var client = await RawClient.ConnectAsync(fixture.Port);
        await client.SendAsync(request);
        var actual = await client.ReadResponseAsync();

        // nginx writes its own address before a path; each has a port of its own.
        Assert.Equal((expected.Status, expected["Location"]), (actual.Status, actual["Location"]?.Replace($":{fixture.Port}/", $":{fixture.NginxPort}/", StringComparison.Ordinal)));
        if (expected["Content-Type"] == "text/plain")
        {
            Assert.Equal(expected.BodyText, actual.BodyText);
            Assert.StartsWith("text/plain", actual["Content-Type"], StringComparison.Ordinal);
        }

        // The connection goes on.
        await client.SendAsync(request);
        Assert.Equal(expected.Status, (await client.ReadResponseAsync()).Status);
    }

    [RequiresToolTheory("nginx")]
    [InlineData("GET /found?x HTTP/1.1\r\nHost: Return.EXAMPLE\r\n\r\n")]
    [InlineData("GET /found?x HTTP/1.1\r\nHost: return.example:8443\r\n\r\n")]
    [InlineData("GET /found?x HTTP/1.1\r\nHost: return.example.\r\n\r\n")]
    [InlineData("GET /found?x HTTP/1.1\r\nHost: other.example\r\n\r\n")]
    [InlineData("GET /found?x HTTP/1.1\r\nHost: [::1]:80\r\n\r\n")]
    [InlineData("GET http://Absolute.example:81/found?x HTTP/1.1\r\nHost: return.example\r\n\r\n")]
    [InlineData("GET /found?x HTTP/1.0\r\n\r\n")]
    [InlineData("GET /found?x HTTP/1.0\r\nHost: return.example\r\n\r\n")]
    [InlineData("GET /path?to=/a HTTP/1.1\r\nHost: return.example\r\n\r\n")]
    [InlineData("GET /path?to=//evil.example HTTP/1.1\r\nHost: return.example\r\n\r\n")]
    [InlineData("GET /path?to=relative HTTP/1.1\r\nHost: return.example\r\n\r\n")]
    [InlineData("GET /slash?a=b HTTP/1.1\r\nHost: Return.example\r\n\r\n")]
    [InlineData("GET /slash HTTP/1.0\r\n\r\n")]
    public async Task Redirect_to_a_path_names_scheme_host_and_port_as_nginx_does(string request)
    {
        var expected = await RawClient.SendOnceAsync(fixture.NginxPort, request.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal));
        var actual = await RawClient.SendOnceAsync(fixture.Port, request.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal));
        Assert.NotNull(expected["Location"]);
        Assert.Equal((expected.Status, expected["Location"]), (actual.Status, actual["Location"]?.Replace($":{fixture.Port}/", $":{fixture.NginxPort}/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Answer_to_head_has_no_body()
    {
        await using var client = await RawClient.ConnectAsync(fixture.Port);
        await client.SendAsync("HEAD /text HTTP/1.1\r\nHost: return.example\r\n\r\nGET /gone HTTP/1.1\r\nHost: return.example\r\n\r\n");
        Assert.Equal(200, (await client.ReadResponseAsync("HEAD")).Status);
        Assert.Equal(410, (await client.ReadResponseAsync()).Status);
    }

    [Fact]
    public async Task Body_of_a_request_that_is_answered_here_is_not_taken_for_the_next_request()
    {
        await using var client = await RawClient.ConnectAsync(fixture.Port);
        const string Body = "GET /text HTTP/1.1\r\nHost: return.example\r\n\r\n";
        await client.SendAsync($"POST /gone HTTP/1.1\r\nHost: return.example\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
        Assert.Equal(410, (await client.ReadResponseAsync()).Status);
        client.ShutdownSend();
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Status_444_closes_without_an_answer()
    {
        await using var client = await RawClient.ConnectAsync(fixture.Port);
        await client.SendAsync("GET /silence HTTP/1.1\r\nHost: return.example\r\n\r\n");
        await client.AssertClosedAsync();
    }
}
