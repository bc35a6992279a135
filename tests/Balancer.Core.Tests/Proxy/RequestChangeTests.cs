using Balancer.TestSupport;
using Balancer.TestSupport.Http2;
using Microsoft.AspNetCore.Http;

namespace Balancer.Proxy;

/// <summary>What upstream servers get in place of parts of a request: <c>proxy_method</c>, <c>proxy_set_body</c>, <c>proxy_pass_request_…</c>.</summary>
public class RequestChangeTests
{
    private const string Chunked = "POST /?m=PUT HTTP/1.1\r\nHost: t\r\nContent-Type: text/plain\r\nX-A: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    private const string Sized = "POST /?m=PUT HTTP/1.1\r\nHost: t\r\nContent-Type: text/plain\r\nX-A: a\r\nContent-Length: 5\r\n\r\nabcde";
    private const string Without = "GET /?m=PUT HTTP/1.1\r\nHost: t\r\nX-A: a\r\n\r\n";

    [Theory]
    [InlineData(Sized, "", "POST 5 - text/plain a [abcde]")]
    [InlineData(Sized, "proxy_method = 'PATCH'", "PATCH 5 - text/plain a [abcde]")]
    [InlineData(Sized, "proxy_method = '$arg_m'", "PUT 5 - text/plain a [abcde]")]
    [InlineData(Sized, "proxy_method = '$arg_none'", "POST 5 - text/plain a [abcde]")]
    [InlineData(Without, "proxy_method = 'POST'", "POST - - - a []")]
    [InlineData(Chunked, "proxy_method = 'purge'", "purge - chunked text/plain a [abcde]")]
    [InlineData(Sized, "proxy_set_body = 'm=$arg_m'", "POST 5 - text/plain a [m=PUT]")]
    [InlineData(Chunked, "proxy_set_body = \"two\\r\\n\\r\\nlines\"", "POST 12 - text/plain a [two\r\n\r\nlines]")]
    [InlineData(Without, "proxy_set_body = 'x'", "GET 1 - - a [x]")]
    [InlineData(Without, "proxy_set_body = ''", "GET 0 - - a []")]
    [InlineData(Chunked, "proxy_set_body = '$arg_none'", "POST 0 - text/plain a []")]
    [InlineData(Sized, "proxy_pass_request_body = false", "POST - - text/plain a []")]
    [InlineData(Chunked, "proxy_pass_request_body = false\nproxy_method = 'GET'", "GET - - text/plain a []")]
    [InlineData(Sized, "proxy_pass_request_body = false\nproxy_set_body = 'x'", "POST 1 - text/plain a [x]")]
    [InlineData(Sized, "proxy_pass_request_headers = false", "POST 5 - - - [abcde]")]
    [InlineData(Chunked, "proxy_pass_request_headers = false\nproxy_set_header = { X-A = 'b', Content-Type = '$content_type' }", "POST - chunked text/plain b [abcde]")]
    public async Task The_server_gets_what_is_configured(string request, string keys, string expected)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, keys);

        // The second request on the connection shows that nothing of the first one's body is left on it.
        using var client = await gateway.ConnectAsync();
        await client.SendAsync(request + request);

        Assert.Equal((200, 200), ((await client.ReadResponseAsync()).Status, (await client.ReadResponseAsync()).Status));
        Assert.Equal([expected, expected], upstream.Requests.Select(Show));
        Assert.All(upstream.Requests, r => Assert.Equal(("t", "127.0.0.1"), (r["Host"], r["X-Real-IP"])));
    }

    [Theory]
    [InlineData("GET%20/x")]
    [InlineData("CONNECT")]
    [InlineData("TRACE")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("(")]
    public async Task What_comes_out_as_no_method_is_answered_400(string method)
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address], "proxy_method = '$1'").Replace("path = \"/\"", "path = '~ ^/m/(.*)$'"));

        var response = await gateway.GetAsync($"/m/{method}");

        Assert.Equal(400, response.Status);
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("HEAD", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello", "5")]
    [InlineData("HEAD", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n5\r\nhello\r\n0\r\n\r\n", null)]
    [InlineData("GET", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\n", "0")]
    [InlineData("GET", "HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n", "0")]
    [InlineData("GET", "HEAD", "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", null)]
    [InlineData("GET", "HEAD", "HTTP/1.1 304 Not Modified\r\nX: y\r\n\r\n", null)]
    public async Task A_response_ends_as_the_method_of_either_side_has_it(string method, string sent, string response, string? length)
    {
        await using var upstream = ScriptedUpstream.Answer(_ => response);
        await using var gateway = await TestGateway.StartAsync(upstream, $"proxy_method = '{sent}'");
        using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync($"{method} / HTTP/1.1\r\nHost: t\r\n\r\n");
            var message = await client.ReadResponseAsync(isBodyless: method == "HEAD");
            Assert.Equal((length, "y", ""), (message["Content-Length"], message["X"], message.Text));
            Assert.Null(message["Transfer-Encoding"]);
        }

        Assert.All(upstream.Requests, r => Assert.StartsWith($"{sent} ", r.FirstLine));
        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task A_client_that_sends_no_body_is_answered_408_though_nobody_wants_it()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, "proxy_pass_request_body = false\nclient_body_timeout = '50ms'");

        Assert.Equal(408, (await gateway.SendAsync("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nab")).Status);
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task A_body_that_is_not_wanted_is_asked_for_and_limited_all_the_same()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, "proxy_set_body = 'x'\nclient_max_body_size = 4");
        using var client = await gateway.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100 ", await client.ReadHeadTextAsync());

        await client.SendAsync("5\r\nabcde\r\n0\r\n\r\n");

        Assert.Equal(413, (await client.ReadResponseAsync()).Status);
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("POST", "GET", false)]
    [InlineData("GET", "POST", true)]
    public async Task Whether_a_try_may_be_repeated_goes_by_the_method_of_the_client(string method, string sent, bool isRepeated)
    {
        await using var first = ScriptedUpstream.Start(async wire => await wire.ReadMessageAsync());
        await using var second = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync([first, second], $"proxy_method = '{sent}'");

        var response = await gateway.SendAsync($"{method} / HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nab");

        Assert.Equal(isRepeated ? 200 : 502, response.Status);
        Assert.Equal(isRepeated ? [$"{sent} / HTTP/1.1"] : [], second.Requests.Select(r => r.FirstLine));
    }

    [Fact]
    public async Task A_body_that_is_kept_nowhere_does_not_hinder_another_try()
    {
        await using var first = ScriptedUpstream.Start(async wire => await wire.ReadMessageAsync());
        await using var second = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync([first, second], "proxy_set_body = 'own'\nclient_body_buffer_size = '1k'");

        var response = await gateway.SendAsync($"PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: 5000\r\n\r\n{new string('a', 5000)}");

        Assert.Equal(200, response.Status);
        Assert.Equal("own", Assert.Single(second.Requests).Text);
    }

    [Fact]
    public async Task An_error_page_gets_the_body_that_the_server_did_not()
    {
        await using var upstream = ScriptedUpstream.Answer(r => r.FirstLine.Contains("/else", StringComparison.Ordinal) ? ScriptedUpstream.OkText($"got {r.Text}") : "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n");
        await using var gateway = await TestGateway.StartAsync(upstream, """
            proxy_pass_request_body = false
            proxy_intercept_errors = true
            error_page = "500 = @else"

              [[server.location]]
              path = "@else"
              rewrite = "^ /else break"
              proxy_pass = "http://pool"
            """);

        Assert.Equal("got abcde", (await gateway.SendAsync(Sized)).Text);
    }

    [Theory]
    [InlineData("proxy_pass_request_headers = false")]
    [InlineData("proxy_set_body = 'x'")]
    public async Task No_other_protocol_is_asked_for(string keys)
    {
        await using var upstream = ScriptedUpstream.Answer(r => r["Upgrade"] is null && r["Connection"] is null ? ScriptedUpstream.OkText("plain") : "HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
        await using var gateway = await TestGateway.StartAsync(upstream, keys);

        var response = await gateway.SendAsync("GET / HTTP/1.1\r\nHost: t\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");

        Assert.Equal((200, "plain"), (response.Status, response.Text));
    }

    [Fact]
    public async Task A_protocol_that_was_not_asked_for_is_a_fault_of_the_server()
    {
        await using var upstream = ScriptedUpstream.Answer(_ => "HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
        await using var gateway = await TestGateway.StartAsync(upstream, "proxy_pass_request_headers = false");

        Assert.Equal(502, (await gateway.SendAsync("GET / HTTP/1.1\r\nHost: t\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")).Status);
    }

    [Fact]
    public async Task What_a_trusted_proxy_says_of_the_client_passes_though_fields_do_not()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, "proxy_pass_request_headers = false\nset_real_ip_from = ['127.0.0.0/8']");

        await gateway.SendAsync("GET / HTTP/1.1\r\nHost: t\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: h\r\nX-Request-ID: i\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Port: 1\r\nX-A: a\r\n\r\n");

        var request = Assert.Single(upstream.Requests);
        Assert.Equal(("https", "h", "i", "192.0.2.1, 127.0.0.1"), (request["X-Forwarded-Proto"], request["X-Forwarded-Host"], request["X-Request-ID"], request["X-Forwarded-For"]));
        Assert.Equal(["Host", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "X-Request-ID"], request.Fields.Select(f => f.Name).Order());
    }

    [Fact]
    public async Task The_server_asked_by_auth_request_gets_what_its_location_says()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, """
            auth_request = "/auth"

              [[server.location]]
              path = "= /auth"
              proxy_pass = "http://pool"
              proxy_method = "POST"
              proxy_set_body = "uri=$request_uri"
              proxy_pass_request_headers = false
            """);

        Assert.Equal(200, (await gateway.SendAsync(Sized)).Status);

        Assert.Equal(["POST 11 - - - [uri=/?m=PUT]", "POST 5 - text/plain a [abcde]"], upstream.Requests.Select(Show));
    }

    [Theory]
    [InlineData("", "POST|5|text/plain|a|abcde")]
    [InlineData("proxy_method = '$arg_m'", "PUT|5|text/plain|a|abcde")]
    [InlineData("proxy_set_body = 'm=$arg_m'", "POST|5|text/plain|a|m=PUT")]
    [InlineData("proxy_set_body = ''", "POST|0|text/plain|a|")]
    [InlineData("proxy_pass_request_body = false\nproxy_method = 'GET'", "GET||text/plain|a|")]
    [InlineData("proxy_pass_request_headers = false", "POST|5|||abcde")]
    public async Task A_server_by_HTTP_2_gets_it_too(string keys, string expected)
    {
        await using var upstream = await KestrelUpstream.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var fields = context.Request.Headers;
            await context.Response.WriteAsync($"{context.Request.Method}|{fields.ContentLength}|{fields.ContentType}|{fields["x-a"]}|{await reader.ReadToEndAsync()}");
        });
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address], $"proxy_http_version = '2'\n{keys}"));

        Assert.Equal(expected, (await gateway.SendAsync(Sized)).Text);
    }

    [Theory]
    [InlineData("HEAD", "GET", "5")]
    [InlineData("GET", "HEAD", "0")]
    public async Task A_response_by_HTTP_2_ends_as_the_method_of_either_side_has_it(string method, string sent, string length)
    {
        await using var upstream = await KestrelUpstream.StartAsync(async context =>
        {
            context.Response.ContentLength = 5;
            if (context.Request.Method == "GET")
            {
                await context.Response.WriteAsync("hello");
            }
        });
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address], $"proxy_http_version = '2'\nproxy_method = '{sent}'"));
        using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync($"{method} / HTTP/1.1\r\nHost: t\r\n\r\n");
            var message = await client.ReadResponseAsync(isBodyless: method == "HEAD");
            Assert.Equal((200, length), (message.Status, message["Content-Length"]));
        }
    }

    [Fact]
    public async Task A_method_that_HTTP_2_would_change_is_answered_400()
    {
        await using var upstream = await KestrelUpstream.StartAsync(context => context.Response.WriteAsync("ok"));
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address], "proxy_http_version = '2'\nproxy_method = '$arg_m'"));

        Assert.Equal(400, (await gateway.GetAsync("/?m=get")).Status);
        Assert.Equal(200, (await gateway.GetAsync("/?m=GET")).Status);
    }

    [Fact]
    public async Task A_client_by_HTTP_2_is_served_the_same_way()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, "proxy_method = 'PUT'\nproxy_set_body = 'own'", server: "http2 = true");
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        await client.SendAsync(Frames.Post(1, ("x-a", "a")), Frames.Data(1, true, "12345"));

        Assert.Equal(200, (await client.ReadStreamAsync(1)).Status);
        Assert.Equal(["PUT 3 - - a [own]"], upstream.Requests.Select(Show));
    }

    [Fact]
    public async Task Settings_of_outer_levels_hold_until_an_inner_one_says_otherwise()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, "proxy_set_body = 'inner'\nproxy_pass_request_headers = true", server: "proxy_pass_request_headers = false\nproxy_set_body = 'server'", top: "proxy_method = 'PUT'");

        await gateway.SendAsync(Without);

        Assert.Equal(["PUT 5 - - a [inner]"], upstream.Requests.Select(Show));
    }

    private static string Show(WireMessage request) =>
        $"{request.FirstLine.Split(' ')[0]} {request["Content-Length"] ?? "-"} {request["Transfer-Encoding"] ?? "-"} {request["Content-Type"] ?? "-"} {request["X-A"] ?? "-"} [{request.Text}]";
}
