using System.Text;
using Balancer.TestSupport;
using Balancer.TestSupport.Http2;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Balancer.Proxy.Http2Upstream;

/// <summary>proxy_http_version = "2": exchanges with a server that speaks HTTP/2 without TLS.</summary>
public class Http2UpstreamTests
{
    private const string Version2 = "proxy_http_version = '2'";
    private const string On = "http2 = true";

    [Theory]
    [InlineData("GET", "/a?b=c")]
    [InlineData("GET", "/")]
    [InlineData("GET", "//a/../b/%7e%2F;x='|{}[]")]
    [InlineData("DELETE", "/a/./b")]
    [InlineData("PURGE", "/a")]
    [InlineData("OPTIONS", "/?")]
    public async Task Method_target_and_host_reach_the_server_as_they_are(string method, string target)
    {
        await using var upstream = await KestrelUpstream.StartAsync(context => context.Response.WriteAsync("ok"));
        await using var gateway = await StartAsync(upstream);

        var response = await gateway.SendAsync($"{method} {target} HTTP/1.1\r\nHost: Some.Host:8080\r\n\r\n");

        Assert.Equal((200, "ok"), (response.Status, response.Text));
        Assert.Equal($"{method} http Some.Host:8080 {target} HTTP/2", Assert.Single(upstream.Requests));
    }

    [Fact]
    public async Task Fields_pass_by_the_rules_of_HTTP_1_1()
    {
        IHeaderDictionary? fields = null;
        await using var upstream = await KestrelUpstream.StartAsync(context =>
        {
            fields = context.Request.Headers;
            return Task.CompletedTask;
        });
        await using var gateway = await StartAsync(upstream, $"{Version2}\nproxy_set_header = {{ X-Tenant = 'red', X-Gone = '' }}");

        await gateway.SendAsync(
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nX-Gone: 1\r\nX-Forwarded-For: 6.6.6.6\r\nKeep-Alive: 5\r\nTE: gzip, trailers\r\n" +
            "Content-Type: text/plain\r\nX-Twice: 1\r\nX-Twice: 2\r\nCookie: a=1\r\nCookie: b=2\r\nX-Latin: \u00e9\r\nUser-Agent: a (b\r\nAccept: ,,\r\n\r\n");

        Assert.NotNull(fields);
        Assert.Equal("red", fields["X-Tenant"]);
        Assert.Equal("127.0.0.1", fields["X-Forwarded-For"]);
        Assert.Equal("127.0.0.1", fields["X-Real-IP"]);
        Assert.Equal("http", fields["X-Forwarded-Proto"]);
        Assert.Equal("text/plain", fields["Content-Type"]);
        Assert.Equal("1, 2", fields["X-Twice"]);
        Assert.Equal("a=1; b=2", fields["Cookie"]);
        Assert.Equal("trailers", fields["TE"]);
        Assert.Equal("a (b", fields["User-Agent"]);
        Assert.Equal(",,", fields["Accept"]);
        Assert.Equal("\u00e9", fields["X-Latin"]);
        Assert.All(["X-Hop", "X-Gone", "Connection", "Keep-Alive", "Transfer-Encoding"], name => Assert.False(fields.ContainsKey(name), name));
    }

    [Theory]
    [InlineData("Content-Length: 4\r\n\r\nbody", "4")]
    [InlineData("Content-Length: 0\r\n\r\n", "0")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3\r\nbod\r\n1\r\ny\r\n0\r\n\r\n", "")]
    public async Task A_body_reaches_the_server(string rest, string length)
    {
        var seen = ("", "");
        await using var upstream = await KestrelUpstream.StartAsync(async context =>
        {
            var text = await new StreamReader(context.Request.Body).ReadToEndAsync();
            seen = (text, context.Request.Headers.ContentLength?.ToString() ?? "");
        });
        await using var gateway = await StartAsync(upstream);

        var response = await gateway.SendAsync($"POST / HTTP/1.1\r\nHost: h\r\n{rest}");

        Assert.Equal(200, response.Status);
        Assert.Equal((length == "0" ? "" : "body", length), seen);
    }

    [Fact]
    public async Task A_response_passes_with_its_fields_and_trailers_to_HTTP_1_1()
    {
        await using var upstream = await KestrelUpstream.StartAsync(async context =>
        {
            context.Response.StatusCode = 418;
            context.Response.Headers["X-Field"] = "1";
            context.Response.Headers.SetCookie = new[] { "a=1", "b=2" };
            context.Response.Headers["X-Accel-Expires"] = "1";
            context.Response.DeclareTrailer("x-sum");
            await context.Response.WriteAsync("tea");
            context.Response.AppendTrailer("x-sum", "17");
        });
        await using var gateway = await StartAsync(upstream);

        var response = await gateway.GetAsync();

        Assert.Equal((418, "tea"), (response.Status, response.Text));
        Assert.Equal("1", response["X-Field"]);
        Assert.Equal(["a=1", "b=2"], response.Fields.Where(f => f.Name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)).Select(f => f.Value));
        Assert.Null(response["X-Accel-Expires"]);
        Assert.Equal(("x-sum", "17"), Assert.Single(response.Trailers));
    }

    [Theory]
    [InlineData("GET", 200, 5, "5", "hello")]
    [InlineData("HEAD", 200, 5, "5", "")]
    [InlineData("HEAD", 200, -1, null, "")]
    [InlineData("GET", 204, -1, null, "")]
    [InlineData("GET", 304, -1, null, "")]
    [InlineData("GET", 200, 0, "0", "")]
    public async Task Bodies_are_framed_for_HTTP_1_1(string method, int status, long length, string? expected, string text)
    {
        await using var upstream = await KestrelUpstream.StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentLength = length < 0 ? null : length;
            if (text.Length > 0)
            {
                await context.Response.WriteAsync(text);
            }
        });
        await using var gateway = await StartAsync(upstream);
        using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync($"{method} / HTTP/1.1\r\nHost: h\r\n\r\n");
            var response = await client.ReadResponseAsync(isBodyless: method == "HEAD" || status is 204 or 304);
            Assert.Equal((status, expected, text), (response.Status, response["Content-Length"], response.Text));
        }
    }

    [Fact]
    public async Task Trailers_pass_to_HTTP_2()
    {
        await using var upstream = await KestrelUpstream.StartAsync(async context =>
        {
            await context.Response.WriteAsync("tea");
            context.Response.AppendTrailer("x-sum", "17");
        });
        await using var gateway = await StartAsync(upstream);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        var response = await client.GetAsync(1);

        Assert.Equal((200, "tea"), (response.Status, response.Text));
        Assert.Equal(("x-sum", "17"), Assert.Single(response.Trailers));
    }

    [Fact]
    public async Task Client_and_server_talk_in_turns()
    {
        await using var upstream = await KestrelUpstream.StartAsync(async context =>
        {
            await context.Response.StartAsync();
            var buffer = new byte[100];
            while (await context.Request.Body.ReadAsync(buffer) is > 0 and var length)
            {
                await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(buffer, 0, length).ToUpperInvariant()));
                await context.Response.Body.FlushAsync();
            }

            context.Response.AppendTrailer("x-end", "1");
        });
        await using var gateway = await StartAsync(upstream);
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);
        await client.SendAsync(Frames.Post(1));
        var stream = client.Stream(1);

        foreach (var word in (string[])["a", "ab", "abc"])
        {
            var before = stream.Text.Length;
            await client.SendAsync(Frames.Data(1, false, word));
            await client.ReadUntilAsync(() => stream.Text.Length == before + word.Length);
        }

        await client.SendAsync(Frames.Data(1, true, ""));
        await client.ReadStreamAsync(1);

        Assert.Equal("AABABC", stream.Text);
        Assert.Equal(("x-end", "1"), Assert.Single(stream.Trailers));
    }

    [Fact]
    public async Task Many_requests_share_a_connection()
    {
        var all = new TaskCompletionSource();
        var arrived = 0;
        await using var upstream = await KestrelUpstream.StartAsync(
            context => context.Request.Path == "/first" ? Task.CompletedTask : Interlocked.Increment(ref arrived) < 20 ? all.Task : Task.Run(all.SetResult));
        await using var gateway = await StartAsync(upstream);

        // While there is none yet, the framework may begin to open another.
        Assert.Equal(200, (await gateway.GetAsync("/first")).Status);
        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => gateway.GetAsync()));

        Assert.All(responses, response => Assert.Equal(200, response.Status));
        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task More_requests_than_a_connection_carries_open_another()
    {
        var all = new TaskCompletionSource();
        var arrived = 0;
        await using var upstream = await KestrelUpstream.StartAsync(
            context => Interlocked.Increment(ref arrived) < 10 ? all.Task : Task.Run(all.SetResult),
            limits: limits => limits.Http2.MaxStreamsPerConnection = 4);
        await using var gateway = await StartAsync(upstream);

        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => gateway.GetAsync()));

        Assert.All(responses, response => Assert.Equal(200, response.Status));
        Assert.InRange(upstream.Connections, 3, 10);
    }

    [Fact]
    public async Task Large_bodies_pass_both_ways()
    {
        await using var upstream = await KestrelUpstream.StartAsync(context => context.Request.Body.CopyToAsync(context.Response.Body));
        await using var gateway = await StartAsync(upstream, $"{Version2}\nclient_max_body_size = 0");
        var body = string.Concat(Enumerable.Range(0, 300_000).Select(i => $"{i:0000000}"));

        var response = await gateway.SendAsync($"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        Assert.Equal(body, response.Text);
    }

    [Fact]
    public async Task A_server_may_answer_before_it_has_read_all()
    {
        await using var upstream = await KestrelUpstream.StartAsync(context =>
        {
            context.Response.StatusCode = 413;
            return context.Response.WriteAsync("enough");
        });
        await using var gateway = await StartAsync(upstream, $"{Version2}\nclient_max_body_size = 0");
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);

        for (var id = 1; id < 400; id += 2)
        {
            await client.SendAsync(Frames.Post(id), Frames.Data(id, false, "start"));
            var response = await client.ReadStreamAsync(id);
            Assert.True(response.Status == 413, $"{id} {response.Reset} {client.IsClosed} {string.Join("\n", gateway.Log.Lines)}");
            Assert.Equal((413, "enough"), (response.Status, response.Text));
        }
    }

    [Fact]
    public async Task The_servers_side_is_told_when_the_client_leaves()
    {
        var gone = new TaskCompletionSource();
        var running = new TaskCompletionSource();
        await using var upstream = await KestrelUpstream.StartAsync(async context =>
        {
            context.RequestAborted.Register(() => gone.TrySetResult());
            running.SetResult();
            await gone.Task;
        });
        await using var gateway = await StartAsync(upstream);
        using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        await running.Task.WaitAsync(TimeSpan.FromSeconds(10));

        client.Reset();

        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static Task<TestGateway> StartAsync(KestrelUpstream upstream, string location = Version2) =>
        TestGateway.StartAsync(TestGateway.Toml([upstream.Address], location, server: On));
}
