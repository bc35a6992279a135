using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>Answers by <c>error_page</c>, as far as no comparison with nginx shows them.</summary>
public sealed class ErrorPageTests
{
    private const string Json = """
        default_type = "application/json"
        error_page = ["400 401 403 404 405 413 414 431 500 502 503 504 /error.json"]

          [[server.location]]
          path = "/error.json"
          internal = true
          add_header = { X-Error = "$status" }
          return = "500 {\"status\":$status,\"id\":\"$request_id\",\"uri\":\"$request_uri\"}"
        """;

    [Theory]
    [InlineData("GET /gone HTTP/1.1\r\nHost: a\r\n\r\n", 404, "/gone")]
    [InlineData("GET /error.json HTTP/1.1\r\nHost: a\r\n\r\n", 404, "/error.json")]
    [InlineData("GET /dead HTTP/1.1\r\nHost: a\r\n\r\n", 502, "/dead")]
    [InlineData("POST /dead HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 502, "/dead")]
    [InlineData("POST /dead HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\nabc", 413, "/dead")]
    [InlineData("GET /../x HTTP/1.1\r\nHost: a\r\n\r\n", 400, "/../x")]
    [InlineData("GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "/a")]
    public async Task Body_tells_the_original_status_and_the_id_of_the_request(string request, int status, string uri)
    {
        await using var gateway = await StartAsync(Json, "path = '/dead'\nproxy_pass = 'http://127.0.0.1:1'");

        var response = await gateway.SendAsync(request);

        Assert.Equal((status, "application/json", $"{status}"), (response.Status, response["Content-Type"], response["X-Error"]));
        Assert.Matches($"^{{\"status\":{status},\"id\":\"[0-9a-f]{{32}}\",\"uri\":\"{uri}\"}}$", response.Text);
    }

    [Fact]
    public async Task Head_that_is_too_large_gets_the_page_and_the_connection_is_closed()
    {
        await using var gateway = await StartAsync("large_client_header_buffers = '2 1k'\n" + Json, "path = '/'\nreturn = 200");
        using var client = await gateway.ConnectAsync();

        await client.SendAsync($"GET /a HTTP/1.1\r\nHost: a\r\nX-Long: {new string('x', 2000)}\r\n\r\n");
        var response = await client.ReadResponseAsync();

        Assert.Equal((431, "close"), (response.Status, response["Connection"]));
        Assert.StartsWith("{\"status\":431,", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_goes_on_after_an_error_page()
    {
        await using var gateway = await StartAsync(Json, "path = '/dead'\nproxy_pass = 'http://127.0.0.1:1'");
        using var client = await gateway.ConnectAsync();
        foreach (var (request, status) in ((string, int)[])[("POST /dead HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 502), ("GET /x HTTP/1.1\r\nHost: a\r\n\r\n", 404), ("GET /error.json HTTP/1.1\r\nHost: a\r\n\r\n", 404)])
        {
            await client.SendAsync(request);
            Assert.Equal(status, (await client.ReadResponseAsync()).Status);
        }
    }

    [Fact]
    public async Task Named_location_gets_the_request_with_what_another_server_has_read_of_its_body()
    {
        await using var broken = ScriptedUpstream.Answer(_ => "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno");
        await using var spare = ScriptedUpstream.Ok("spare");
        await using var gateway = await StartAsync(
            "error_page = '503 = @spare'\nproxy_intercept_errors = true",
            $"path = '/'\nproxy_pass = 'http://{broken.Address}'",
            $"path = '@spare'\nproxy_pass = 'http://{spare.Address}'");

        foreach (var request in (string[])["POST /a%20b?c HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "PUT /a%20b?c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"])
        {
            var response = await gateway.SendAsync(request);
            Assert.Equal((200, "spare"), (response.Status, response.Text));
            Assert.True(spare.Requests.TryDequeue(out var sent));
            Assert.Equal($"{request.Split(' ')[0]} /a%20b?c HTTP/1.1", sent.FirstLine);
            Assert.Equal("hello", sent.Text);
        }
    }

    [Fact]
    public async Task Body_that_is_no_longer_here_is_passed_to_no_other_server()
    {
        await using var broken = ScriptedUpstream.Answer(_ => "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno");
        await using var spare = ScriptedUpstream.Ok("spare");
        await using var gateway = await StartAsync(
            "client_body_buffer_size = 4\nerror_page = '503 = @spare'\nproxy_intercept_errors = true",
            $"path = '/'\nproxy_pass = 'http://{broken.Address}'",
            $"path = '@spare'\nproxy_pass = 'http://{spare.Address}'");

        var response = await gateway.SendAsync("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");

        Assert.Equal(503, response.Status);
        Assert.Contains("503 Service Unavailable", response.Text, StringComparison.Ordinal);
        Assert.Empty(spare.Requests);
    }

    [Fact]
    public async Task Intercepted_response_keeps_its_connection()
    {
        var connections = 0;
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            Interlocked.Increment(ref connections);
            while (await wire.ReadMessageAsync() is not null)
            {
                await wire.SendAsync("HTTP/1.1 404 Not Found\r\nX-Why: gone\r\nContent-Length: 4\r\n\r\nbody");
            }
        });
        await using var gateway = await StartAsync(
            "error_page = '404 /page'\nproxy_intercept_errors = true",
            $"path = '/'\nproxy_pass = 'http://{upstream.Address}'",
            "path = '/page'\nreturn = '200 $upstream_status $upstream_http_x_why $upstream_addr'");

        for (var i = 0; i < 3; i++)
        {
            var response = await gateway.GetAsync("/x");
            Assert.Equal((404, $"404 gone {upstream.Address}"), (response.Status, response.Text));
        }

        Assert.Equal(1, connections);
    }

    [Fact]
    public async Task Tries_before_and_after_a_redirect_are_told_apart_by_a_colon()
    {
        await using var spare = ScriptedUpstream.Ok("spare");
        await using var gateway = await StartAsync(
            "error_page = '502 = @spare'\nadd_header = { X-Addr = '$upstream_addr' }",
            "path = '/'\nproxy_pass = 'http://127.0.0.1:1'",
            $"path = '@spare'\nproxy_pass = 'http://{spare.Address}'");

        Assert.Equal($"127.0.0.1:1 : {spare.Address}", (await gateway.GetAsync())["X-Addr"]);
    }

    [Fact]
    public async Task Circle_of_error_pages_ends_with_500_and_a_line_in_the_log()
    {
        await using var gateway = await StartAsync("recursive_error_pages = true\nerror_page = ['404 /a', '500 /a']", "path = '/'\nreturn = 404");

        Assert.Equal(500, (await gateway.GetAsync("/x")).Status);
        await gateway.IdleAsync();
        Assert.Equal(1, gateway.Host.Counters.Errors(Http.ProxyError.GatewayRedirectCycle).Value);
        Assert.Contains("uri=/a", Assert.Single(gateway.Log.Named("redirect-cycle")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_out_of_a_variable_that_no_location_has_is_told()
    {
        await using var gateway = await StartAsync("error_page = '404 @$arg_to'", "path = '/'\nreturn = 404", "path = '@there'\nreturn = '200 here'");

        Assert.Equal((404, "here"), (await gateway.GetAsync("/?to=there")) is var found ? (found.Status, found.Text) : default);
        Assert.Equal(500, (await gateway.GetAsync("/?to=nowhere")).Status);
        Assert.Contains("name=@nowhere", Assert.Single(gateway.Log.Named("no-named-location")), StringComparison.Ordinal);
    }

    private static Task<TestGateway> StartAsync(string server, params string[] locations) => TestGateway.StartAsync(
        $"[[server]]\nlisten = '127.0.0.1:0'\n{server}\n{string.Concat(locations.Select(location => $"[[server.location]]\n{location}\n"))}");
}
