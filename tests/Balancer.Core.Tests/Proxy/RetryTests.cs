using Balancer.Infrastructure;
using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>proxy_next_upstream: the first server of the pool does not answer as it should, the second one does.</summary>
public class RetryTests
{
    /// <summary>Method, proxy_next_upstream, what the first server does, and the status the client sees: 200 comes from the second server.</summary>
    public static TheoryData<string, string, string, int> Cases => new()
    {
        { "GET", "error timeout", "refuses", 200 },
        { "GET", "error timeout", "closes", 200 },
        { "GET", "error timeout", "resets", 200 },
        { "GET", "error timeout", "closes within the head", 200 },
        { "GET", "error timeout", "stays silent", 200 },
        { "GET", "error timeout", "is malformed", 502 },
        { "GET", "error timeout", "500", 500 },
        { "GET", "error timeout", "404", 404 },
        { "GET", "error", "stays silent", 504 },
        { "GET", "timeout", "refuses", 502 },
        { "GET", "timeout", "resets", 502 },
        { "GET", "off", "refuses", 502 },
        { "GET", "off", "stays silent", 504 },
        { "GET", "invalid_header", "is malformed", 200 },
        { "GET", "invalid_header", "sends a head too large", 200 },
        { "GET", "error", "sends a head too large", 502 },
        { "GET", "invalid_header", "closes", 502 },
        { "GET", "http_500", "500", 200 },
        { "GET", "http_502", "502", 200 },
        { "GET", "http_503", "503", 200 },
        { "GET", "http_504", "504", 200 },
        { "GET", "http_403", "403", 200 },
        { "GET", "http_404", "404", 200 },
        { "GET", "http_429", "429", 200 },
        { "GET", "http_500 http_502 http_504", "503", 503 },
        { "GET", "http_500", "501", 501 },
        { "HEAD", "error", "closes", 200 },
        { "PUT", "error", "closes", 200 },
        { "DELETE", "error", "closes", 200 },
        { "OPTIONS", "error", "closes", 200 },
        { "POST", "error timeout", "refuses", 200 },
        { "POST", "error timeout", "closes", 502 },
        { "POST", "error timeout", "resets", 502 },
        { "POST", "error timeout", "stays silent", 504 },
        { "POST", "error http_503", "503", 503 },
        { "POST", "error http_503 non_idempotent", "503", 200 },
        { "POST", "error non_idempotent", "closes", 200 },
        { "POST", "timeout non_idempotent", "stays silent", 200 },
        { "PATCH", "error", "closes", 502 },
        { "LOCK", "error", "closes", 502 },
        { "PATCH", "error non_idempotent", "closes", 200 },
        { "LOCK", "error non_idempotent", "closes", 200 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_request_goes_to_the_next_server_when_it_may(string method, string conditions, string fault, int expected)
    {
        using var closed = new ClosedPort();
        await using var first = ScriptedUpstream.Start(wire => FailAsync(wire, fault));
        await using var second = ScriptedUpstream.Ok("second");
        var time = new FakeTimeProvider();
        await using var gateway = await TestGateway.StartAsync(
            TestGateway.Toml([fault == "refuses" ? closed.Address : first.Address, second.Address], $"proxy_next_upstream = '{conditions}'\nproxy_read_timeout = '500ms'", parameters: "max_fails=0"),
            time);
        var hasBody = method is "POST" or "PUT" or "PATCH" or "LOCK";

        var response = await gateway.RunClockAsync(gateway.SendAsync(
            $"{method} /a HTTP/1.1\r\nHost: t\r\n{(hasBody ? "Content-Length: 4\r\n\r\nbody" : "\r\n")}",
            isBodyless: method == "HEAD"));

        Assert.Equal(expected, response.Status);
        Assert.Equal(expected == 200 ? 1 : 0, second.Requests.Count);
        Assert.Empty(first.Failures);
        if (second.Requests.TryPeek(out var request))
        {
            Assert.Equal($"{method} /a HTTP/1.1", request.FirstLine);
            Assert.Equal(hasBody ? "body" : "", request.Text);
        }
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(9, 4)]
    public async Task No_more_servers_are_tried_than_allowed(int tries, int expected)
    {
        var asked = 0;
        var upstreams = Enumerable.Range(0, 4).Select(_ => ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            Interlocked.Increment(ref asked);
        })).ToList();
        await using (var gateway = await TestGateway.StartAsync(upstreams, $"proxy_next_upstream_tries = {tries}"))
        {
            Assert.Equal(502, (await gateway.GetAsync()).Status);
            Assert.Equal(expected, asked);
            Assert.Equal(expected, gateway.Pool.Servers.All.Sum(server => server.State.Fails));
            Assert.Equal(expected - 1, gateway.Pool.Servers.All.Sum(server => server.State.Metrics.Retries.Value));
        }

        foreach (var upstream in upstreams)
        {
            await upstream.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_request_is_not_tried_again_once_next_upstream_timeout_is_over()
    {
        await using var first = ScriptedUpstream.Start(wire => FailAsync(wire, "stays silent"));
        await using var second = ScriptedUpstream.Ok();
        var time = new FakeTimeProvider();
        await using var gateway = await TestGateway.StartAsync([first, second], "proxy_read_timeout = '500ms'\nproxy_next_upstream_timeout = '400ms'", time: time);

        Assert.Equal(504, (await gateway.RunClockAsync(gateway.GetAsync())).Status);
        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task A_listed_status_of_the_last_server_is_passed_on_and_charges_nobody()
    {
        await using var first = ScriptedUpstream.Answer(_ => "HTTP/1.1 503 First\r\nContent-Length: 1\r\n\r\n1");
        await using var second = ScriptedUpstream.Answer(_ => "HTTP/1.1 503 Second\r\nContent-Length: 1\r\n\r\n2");
        await using var gateway = await TestGateway.StartAsync([first, second], "proxy_next_upstream = 'http_503'");

        var response = await gateway.GetAsync();

        Assert.Equal("HTTP/1.1 503 Second", response.FirstLine);
        Assert.Equal("2", response.Text);
        Assert.Equal([1, 0], gateway.Pool.Servers.All.Select(server => server.State.Fails));
    }

    [Theory]
    [InlineData("http_404", "404")]
    [InlineData("http_403", "403")]
    public async Task A_status_that_is_about_the_request_does_not_charge_the_server(string condition, string status)
    {
        await using var first = ScriptedUpstream.Answer(_ => $"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");
        await using var second = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync([first, second], $"proxy_next_upstream = '{condition}'");

        Assert.Equal(200, (await gateway.GetAsync()).Status);
        Assert.Equal(0, gateway.Pool.Servers.All[0].State.Fails);
    }

    [Fact]
    public async Task A_response_that_has_begun_is_never_tried_again()
    {
        await using var first = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            await wire.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        });
        await using var second = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync([first, second]);
        using var client = await gateway.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");

        Assert.Equal("10", (await client.ReadHeadAsync())!["Content-Length"]);
        await Assert.ThrowsAnyAsync<Exception>(() => client.ReadExactAsync(10));
        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task Fields_of_a_response_passed_over_are_not_in_the_next_one()
    {
        await using var first = ScriptedUpstream.Answer(_ => "HTTP/1.1 503 No\r\nX-Secret: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbad\r\n0\r\nX-Trailer: 1\r\n\r\n");
        await using var second = ScriptedUpstream.Ok("good");
        await using var gateway = await TestGateway.StartAsync([first, second], "proxy_next_upstream = 'http_503'");

        var response = await gateway.GetAsync();

        Assert.Equal("good", response.Text);
        Assert.Null(response["X-Secret"]);
        Assert.Empty(response.Trailers);
    }

    [Fact]
    public async Task When_all_servers_are_out_the_answer_is_502()
    {
        await using var upstream = ScriptedUpstream.Start(wire => FailAsync(wire, "closes"));
        await using var other = ScriptedUpstream.Start(wire => FailAsync(wire, "closes"));
        await using var gateway = await TestGateway.StartAsync([upstream, other], parameters: "max_fails=1 fail_timeout=1h");

        Assert.Equal(502, (await gateway.GetAsync()).Status);
        Assert.Equal(502, (await gateway.GetAsync()).Status);

        Assert.Equal(1, upstream.Connections);
        Assert.Equal(1, other.Connections);
        Assert.Single(gateway.Log.Named("no-live-upstream"));
        Assert.Equal(2, gateway.Log.Named("upstream-failed").Count());
    }

    private static async Task FailAsync(Wire wire, string fault)
    {
        await wire.ReadMessageAsync();
        switch (fault)
        {
            case "closes":
                break;
            case "resets":
                wire.Reset();
                break;
            case "closes within the head":
                await wire.SendAsync("HTTP/1.1 200 OK\r\nContent-Le");
                break;
            case "stays silent":
                await wire.IsClosedAsync();
                break;
            case "is malformed":
                await wire.SendAsync("HTTP/1.1 2OO OK\r\n\r\n");
                break;
            case "sends a head too large":
                await wire.SendAsync($"HTTP/1.1 200 OK\r\nX-Large: {new string('x', 100_000)}\r\n\r\n");
                break;
            default:
                await wire.SendAsync($"HTTP/1.1 {fault} Fault\r\nContent-Length: 5\r\n\r\nfault");
                await wire.IsClosedAsync();
                break;
        }
    }
}
