using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Limits;
using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary><c>limit_req</c> on the way of a request.</summary>
public class RequestLimitTests
{
    [Fact]
    public async Task A_request_beyond_the_burst_is_refused_and_told_when_to_come_again()
    {
        await using var gateway = await StartAsync("50r/m", "limit_req = 'zone=z burst=1 nodelay'\nlimit_req_status = 429");

        Assert.Equal([404, 404, 429], await StatusesAsync(gateway, 3));
        var refused = await gateway.GetAsync();

        // An excess of 2 is above the burst of 1 for 1000 / 0.833 ms, and all gone after twice that.
        Assert.Equal(("2", "2", "0", "3"), (refused["Retry-After"], refused["RateLimit-Limit"], refused["RateLimit-Remaining"], refused["RateLimit-Reset"]));
        gateway.Time!.Advance(TimeSpan.FromMilliseconds(1200));
        Assert.Equal("1", (await gateway.GetAsync())["Retry-After"]);
        gateway.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([404, 429], await StatusesAsync(gateway, 2));
    }

    [Theory]
    [InlineData("refused", false, true)]
    [InlineData("always", true, true)]
    [InlineData("off", false, false)]
    public async Task The_fields_are_where_limit_req_headers_wants_them(string fields, bool onPassed, bool onRefused)
    {
        await using var gateway = await StartAsync("1r/s", $"limit_req = 'zone=z burst=2 nodelay'\nlimit_req_headers = '{fields}'");

        var first = await gateway.GetAsync();
        var second = await gateway.GetAsync();
        await gateway.GetAsync();
        var refused = await gateway.GetAsync();

        Assert.Equal(onPassed ? ("3", "2", "1", null) : default, Fields(first));
        Assert.Equal(onPassed ? ("3", "1", "2", null) : default, Fields(second));
        Assert.Equal(onRefused ? ("3", "0", "3", "1") : default, Fields(refused));
        Assert.Equal(503, refused.Status);
    }

    [Fact]
    public async Task A_request_within_the_burst_waits_for_its_time()
    {
        await using var upstream = ScriptedUpstream.Ok("ok");
        await using var gateway = await TestGateway.StartAsync(upstream, "limit_req = 'zone=z burst=2'", top: Zone("2r/s"), time: new FakeTimeProvider());
        var start = gateway.Time!.GetUtcNow();

        Assert.Equal(200, (await gateway.GetAsync()).Status);
        Assert.Equal(start, gateway.Time.GetUtcNow());
        var second = gateway.GetAsync();
        await Eventually.TrueAsync(() => ZoneOf(gateway).Requests(LimitOutcome.Delayed).Value == 1);
        Assert.Equal(200, (await gateway.RunClockAsync(second)).Status);

        Assert.True((gateway.Time.GetUtcNow() - start).TotalMilliseconds >= 500);
        Assert.Contains("zone=z excess=1.000 milliseconds=500 dry_run=False client=127.0.0.1 request=GET /", Assert.Single(gateway.Log.Named("request-delayed")));
        Assert.Equal((1, 1), (ZoneOf(gateway).Requests(LimitOutcome.Passed).Value, ZoneOf(gateway).Requests(LimitOutcome.Delayed).Value));
    }

    [Fact]
    public async Task A_wait_never_ends_before_its_time()
    {
        await using var gateway = await StartAsync("10r/s", "limit_req = 'zone=z burst=50'");
        var start = gateway.Time!.GetUtcNow();
        var requests = new List<Task<double>>();
        async Task<double> RequestAsync()
        {
            Assert.Equal(404, (await gateway.GetAsync()).Status);
            return (gateway.Time.GetUtcNow() - start).TotalMilliseconds;
        }

        for (var i = 0; i < 10; i++)
        {
            requests.Add(RequestAsync());
            await Eventually.TrueAsync(() => ZoneOf(gateway).Requests(LimitOutcome.Passed).Value + ZoneOf(gateway).Requests(LimitOutcome.Delayed).Value == i + 1);
        }

        var ends = await gateway.RunClockAsync(Task.WhenAll(requests));

        Assert.All(ends.Select((end, i) => end - (100 * i)), early => Assert.True(early >= 0, $"{early}"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_leaves_while_it_waits_is_499(bool resets)
    {
        await using var upstream = ScriptedUpstream.Ok("ok");
        await using var gateway = await TestGateway.StartAsync(upstream, "limit_req = 'zone=z burst=2'", top: Zone("1r/m"), time: new FakeTimeProvider());
        await gateway.GetAsync();
        var leaving = await gateway.ConnectAsync();
        await leaving.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        await Eventually.TrueAsync(() => ZoneOf(gateway).Requests(LimitOutcome.Delayed).Value == 1);

        if (resets)
        {
            leaving.Reset();
        }

        leaving.Dispose();

        await gateway.IdleAsync();
        Assert.Equal(1, gateway.Host.Counters.Errors(ProxyError.ClientAborted).Value);
    }

    [Fact]
    public async Task A_stop_ends_the_wait()
    {
        var gateway = await StartAsync("1r/m", "limit_req = 'zone=z burst=2'");
        await gateway.GetAsync();
        using var waiting = await gateway.ConnectAsync();
        await waiting.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        await Eventually.TrueAsync(() => ZoneOf(gateway).Requests(LimitOutcome.Delayed).Value == 1);

        await gateway.Host.StopAsync(TimeSpan.Zero);

        Assert.Equal(1, gateway.Host.Counters.Errors(ProxyError.GatewayShutdown).Value);
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_dry_run_refuses_and_delays_nothing()
    {
        await using var gateway = await StartAsync("1r/m", "limit_req = 'zone=z burst=1'\nlimit_req_dry_run = true\nlimit_req_headers = 'always'\nadd_header = { X-Limit = '$limit_req_status' }");

        var responses = new[] { await gateway.GetAsync(), await gateway.GetAsync(), await gateway.GetAsync() };

        Assert.Equal(["PASSED", "DELAYED_DRY_RUN", "REJECTED_DRY_RUN"], responses.Select(r => r["X-Limit"]));
        Assert.All(responses[1..], r => Assert.Equal((404, default), (r.Status, Fields(r))));
        Assert.Contains("dry_run=True", Assert.Single(gateway.Log.Named("request-limited")));
        Assert.Contains("dry_run=True", Assert.Single(gateway.Log.Named("request-delayed")));
    }

    [Fact]
    public async Task The_variables_tell_what_became_of_a_request()
    {
        await using var gateway = await TestGateway.StartAsync("""
            limit_req_zone = "$arg_k zone=z:64k rate=1r/m"
            limit_conn_zone = "$arg_c zone=c:64k"
            [[server]]
            listen = "127.0.0.1:0"
            limit_req = "zone=z"
            limit_conn = "c 1"
            add_header = { X-Req = "$limit_req_status", X-Conn = "$limit_conn_status" }
            """);

        Assert.Equal((null, null), await Statuses(gateway, "/"));
        Assert.Equal(("PASSED", null), await Statuses(gateway, "/?k=1"));
        Assert.Equal(("REJECTED", null), await Statuses(gateway, "/?k=1&c=1"));
        Assert.Equal(("PASSED", "PASSED"), await Statuses(gateway, "/?k=2&c=1"));

        static async Task<(string?, string?)> Statuses(TestGateway gateway, string target)
        {
            var response = await gateway.GetAsync(target);
            return (response["X-Req"], response["X-Conn"]);
        }
    }

    [Fact]
    public async Task What_is_answered_before_limits_in_nginx_is_not_counted()
    {
        await using var gateway = await TestGateway.StartAsync("""
            limit_req_zone = "$remote_addr zone=z:64k rate=1r/m"
            limit_req = "zone=z"
            [upstream.u]
            server = "127.0.0.1:1"
            [[server]]
            listen = "127.0.0.1:0"
            [[server.location]]
            path = "/return"
            return = "200 ok"
            [[server.location]]
            path = "/slash/"
            proxy_pass = "http://u"
            """);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await gateway.GetAsync("/return")).Status);
            Assert.Equal(301, (await gateway.GetAsync("/slash")).Status);
            Assert.Equal(400, (await gateway.GetAsync("/%zz")).Status);
        }

        Assert.Equal(404, (await gateway.GetAsync("/no-location")).Status);
        Assert.Equal(503, (await gateway.GetAsync("/no-location")).Status);
        Assert.Equal(503, (await gateway.GetAsync("/slash/")).Status);
    }

    [Fact]
    public async Task A_location_may_have_limits_of_its_own_or_none()
    {
        await using var upstream = ScriptedUpstream.Ok("ok");
        await using var gateway = await TestGateway.StartAsync($$"""
            limit_req_zone = ["$remote_addr zone=tight:64k rate=1r/m", "$remote_addr zone=wide:64k rate=1r/m"]
            limit_req = "zone=tight"
            [upstream.u]
            server = "{{upstream.Address}}"
            [[server]]
            listen = "127.0.0.1:0"
            [[server.location]]
            path = "/"
            proxy_pass = "http://u"
            [[server.location]]
            path = "/wide"
            proxy_pass = "http://u"
            limit_req = "zone=wide burst=1 nodelay"
            [[server.location]]
            path = "/free"
            proxy_pass = "http://u"
            limit_req = "off"
            """);

        Assert.Equal([200, 503], await StatusesAsync(gateway, 2));
        Assert.Equal([200, 200, 503], await StatusesAsync(gateway, 3, "/wide"));
        Assert.Equal([200, 200, 200, 200], await StatusesAsync(gateway, 4, "/free"));
    }

    [Fact]
    public async Task Status_444_closes_the_connection_without_an_answer()
    {
        await using var gateway = await StartAsync("1r/m", "limit_req = 'zone=z'\nlimit_req_status = 444");
        await gateway.GetAsync();

        using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");

        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task A_refused_request_with_a_body_leaves_the_connection_usable()
    {
        await using var gateway = await StartAsync("1r/m", "limit_req = 'zone=z'");
        await gateway.GetAsync();
        using var client = await gateway.ConnectAsync();

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello");
            Assert.Equal(503, (await client.ReadResponseAsync()).Status);
        }
    }

    [Theory]
    [InlineData("zone=z:64k rate=1r/m", "zone=z:64k rate=2r/m", 503)]
    [InlineData("zone=z:64k rate=1r/m", "zone=z:128k rate=1r/m", 404)]
    [InlineData("zone=z:64k rate=1r/m", "zone=y:64k rate=1r/m", 404)]
    public async Task A_reload_keeps_the_state_of_zones_whose_key_and_size_stay(string before, string after, int status)
    {
        string Toml(string zone) => $"limit_req_zone = '$remote_addr {zone}'\n[[server]]\nlisten = '127.0.0.1:0'\nlimit_req = '{zone.Split(':')[0]}'";
        await using var gateway = await TestGateway.StartAsync(Toml(before), new FakeTimeProvider());
        Assert.Equal(404, (await gateway.GetAsync()).Status);

        Assert.Empty(await gateway.ReloadAsync(Toml(after)));

        Assert.Equal(status, (await gateway.GetAsync()).Status);
        Assert.Equal(after.Contains("rate=2"), ZoneOf(gateway).Requests(LimitOutcome.Rejected).Value == 1);
    }

    [Fact]
    public async Task A_changed_rate_holds_from_the_reload_on_with_the_old_state()
    {
        string Toml(string rate) => $"{Zone(rate)}[[server]]\nlisten = '127.0.0.1:0'\nlimit_req = 'zone=z'";
        await using var gateway = await TestGateway.StartAsync(Toml("1r/h"), new FakeTimeProvider());
        Assert.Equal([404, 503], await StatusesAsync(gateway, 2));

        Assert.Empty(await gateway.ReloadAsync(Toml("1r/s")));

        Assert.Equal(503, (await gateway.GetAsync()).Status);
        gateway.Time!.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(404, (await gateway.GetAsync()).Status);
    }

    [Fact]
    public async Task A_reload_that_is_refused_leaves_the_zones_alone()
    {
        string Toml(string more) => $"{Zone("1r/h")}[[server]]\nlisten = '127.0.0.1:0'\nlimit_req = 'zone=z'\n{more}";
        await using var gateway = await TestGateway.StartAsync(Toml(""), new FakeTimeProvider());
        Assert.Equal(404, (await gateway.GetAsync()).Status);

        Assert.NotEmpty(await gateway.ReloadAsync(Toml("add_header = { X-A = '$nothing' }")));

        Assert.Equal(503, (await gateway.GetAsync()).Status);
    }

    [Fact]
    public async Task An_unknown_variable_in_a_key_is_a_fault_at_its_place()
    {
        var failure = await Assert.ThrowsAsync<GatewayConfigException>(() => TestGateway.StartAsync("limit_req_zone = '$remote_adr zone=z:64k rate=1r/s'\n[[server]]\nlisten = '127.0.0.1:0'\nreturn = 204"));

        Assert.Equal("test.toml:1:19: unknown variable '$remote_adr', did you mean '$remote_addr'?", Assert.Single(failure.Errors).ToString());
    }

    private static string Zone(string rate) => $"limit_req_zone = '$remote_addr zone=z:64k rate={rate}'\n";

    private static RequestZone ZoneOf(TestGateway gateway) => Assert.IsType<RequestZone>(Assert.Single(gateway.Host.Snapshot!.LimitZones));

    /// <summary>A gateway whose server has no location, so that what passes is 404.</summary>
    private static Task<TestGateway> StartAsync(string rate, string server) =>
        TestGateway.StartAsync($"{Zone(rate)}[[server]]\nlisten = '127.0.0.1:0'\n{server}", new FakeTimeProvider());

    private static async Task<IEnumerable<int>> StatusesAsync(TestGateway gateway, int count, string target = "/")
    {
        var statuses = new int[count];
        for (var i = 0; i < count; i++)
        {
            statuses[i] = (await gateway.GetAsync(target)).Status;
        }

        return statuses;
    }

    private static (string? Limit, string? Remaining, string? Reset, string? RetryAfter) Fields(WireMessage response) =>
        (response["RateLimit-Limit"], response["RateLimit-Remaining"], response["RateLimit-Reset"], response["Retry-After"]);
}
