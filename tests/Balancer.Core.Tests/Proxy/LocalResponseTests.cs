using System.Net;
using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>What the gateway answers itself.</summary>
public class LocalResponseTests
{
    [Theory]
    [InlineData("/none", 404, "text/html", "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n</body>\r\n</html>\r\n")]
    [InlineData("/text", 200, "text/plain", "hello /text")]
    [InlineData("/json", 200, "application/json", "{}")]
    [InlineData("/empty", 200, "text/plain", "")]
    [InlineData("/teapot", 418, "text/plain", "short and stout")]
    [InlineData("/page", 503, "text/html", "<html>\r\n<head><title>503 Service Unavailable</title></head>\r\n<body>\r\n<center><h1>503 Service Unavailable</h1></center>\r\n</body>\r\n</html>\r\n")]
    public async Task Return_answers_with_status_type_and_text(string target, int status, string type, string text)
    {
        await using var gateway = await StartAsync();

        var response = await gateway.GetAsync(target);

        Assert.Equal(status, response.Status);
        Assert.Equal(type, response["Content-Type"]);
        Assert.Equal(text, response.Text);
        Assert.Equal("balancer", response["Server"]);
        Assert.NotNull(response["Date"]);
    }

    [Theory]
    [InlineData("/moved", 301, "https://test/moved?a=b")]
    [InlineData("/found", 302, "http://test:PORT/other")]
    [InlineData("/see", 303, "http://test:PORT/other")]
    [InlineData("/kept", 307, "http://test:PORT/other")]
    [InlineData("/kept-for-good", 308, "http://test:PORT/other")]
    public async Task Redirects_name_the_place(string path, int status, string location)
    {
        await using var gateway = await StartAsync();

        var response = await gateway.GetAsync($"{path}?a=b");

        Assert.Equal(status, response.Status);
        Assert.Equal(location.Replace("PORT", $"{((IPEndPoint)gateway.EndPoint).Port}", StringComparison.Ordinal), response["Location"]);
    }

    [Fact]
    public async Task A_proxied_prefix_without_its_slash_is_redirected_with_its_query()
    {
        await using var gateway = await StartAsync();

        var response = await gateway.GetAsync("/proxied?a=b");

        Assert.Equal(301, response.Status);
        Assert.Equal($"http://test:{((IPEndPoint)gateway.EndPoint).Port}/proxied/?a=b", response["Location"]);
    }

    [Theory]
    [InlineData("/text")]
    [InlineData("/none")]
    [InlineData("/found")]
    [InlineData("/proxied/")]
    public async Task Answers_to_HEAD_have_the_length_and_no_body(string target)
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.ConnectAsync();

        await client.SendAsync($"GET {target} HTTP/1.1\r\nHost: test\r\n\r\n");
        var whole = await client.ReadResponseAsync();
        await client.SendAsync($"HEAD {target} HTTP/1.1\r\nHost: test\r\n\r\n");
        var head = await client.ReadResponseAsync(isBodyless: true);

        Assert.Equal(whole.FirstLine, head.FirstLine);
        Assert.Equal($"{whole.Body.Length}", head["Content-Length"]);
        await client.SendAsync($"GET {target} HTTP/1.1\r\nHost: test\r\n\r\n");
        Assert.Equal(whole.Text, (await client.ReadResponseAsync()).Text);
    }

    [Fact]
    public async Task Return_444_closes_without_a_word()
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.ConnectAsync();

        await client.SendAsync("GET /silent HTTP/1.1\r\nHost: test\r\n\r\n");

        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    public async Task A_body_that_nobody_wants_is_read_so_that_the_connection_can_go_on(string rest)
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync($"POST /text HTTP/1.1\r\nHost: test\r\n{rest}");
            Assert.Equal("hello /text", (await client.ReadResponseAsync()).Text);
        }
    }

    [Theory]
    [InlineData("GET /%00 HTTP/1.1", 400)]
    [InlineData("GET /%zz HTTP/1.1", 400)]
    [InlineData("GET /../../etc HTTP/1.1", 400)]
    [InlineData("GET http://other.test/text HTTP/1.1", 421)]
    [InlineData("GET /text HTTP/2.0", 505)]
    [InlineData("GET /text HTTP/1.1\r\nHost: other.test", 400)]
    [InlineData("CONNECT test:80 HTTP/1.1", 405)]
    public async Task Requests_that_cannot_be_served_are_refused(string line, int expected)
    {
        await using var gateway = await StartAsync();

        Assert.Equal(expected, (await gateway.SendAsync($"{line}\r\nHost: test\r\n\r\n")).Status);
    }

    private static Task<TestGateway> StartAsync() => TestGateway.StartAsync("""
        [[server]]
        listen = "127.0.0.1:0"
        server_name = "other.test"
        return = "421"

        [[server]]
        listen = "127.0.0.1:0 default_server"
        server_name = "test"

          [[server.location]]
          path = "/text"
          return = "200 hello $uri"

          [[server.location]]
          path = "= /json"
          default_type = "application/json"
          return = "200 {}"

          [[server.location]]
          path = "= /empty"
          return = "200"

          [[server.location]]
          path = "= /teapot"
          return = "418 short and stout"

          [[server.location]]
          path = "= /page"
          return = "503"

          [[server.location]]
          path = "= /moved"
          return = "301 https://$host$request_uri"

          [[server.location]]
          path = "= /found"
          return = "302 /other"

          [[server.location]]
          path = "= /see"
          return = "303 /other"

          [[server.location]]
          path = "= /kept"
          return = "307 /other"

          [[server.location]]
          path = "= /kept-for-good"
          return = "308 /other"

          [[server.location]]
          path = "= /silent"
          return = "444"

          [[server.location]]
          path = "/proxied/"
          proxy_pass = "http://127.0.0.1:1/"
          proxy_connect_timeout = "1s"
        """);
}
