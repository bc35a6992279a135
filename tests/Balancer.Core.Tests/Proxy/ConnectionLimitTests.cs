using System.Net;
using Balancer.Http;
using Balancer.Limits;
using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary><c>limit_conn</c> on the way of a request.</summary>
public class ConnectionLimitTests
{
    private const string Zone = "limit_conn_zone = '$remote_addr zone=c:64k'\n";

    [Fact]
    public async Task Requests_beyond_the_number_in_progress_are_refused()
    {
        await using var upstream = new HeldUpstream();
        await using var gateway = await TestGateway.StartAsync(upstream.Server, "limit_conn = 'c 2'", top: Zone);
        var running = new[] { gateway.GetAsync("/1"), gateway.GetAsync("/2") };
        await upstream.HoldsAsync(2);

        var refused = await gateway.GetAsync("/3");

        Assert.Equal(503, refused.Status);
        Assert.Equal(("1", null), (refused["Retry-After"], refused["RateLimit-Limit"]));
        Assert.Contains("zone=c limit=2 dry_run=False client=127.0.0.1 request=GET /3", Assert.Single(gateway.Log.Named("connection-limited")));
        upstream.Release(2);
        Assert.All(await Task.WhenAll(running), r => Assert.Equal(200, r.Status));
        await gateway.IdleAsync();
        upstream.Release();
        Assert.Equal(200, (await gateway.GetAsync("/4")).Status);
        Assert.Equal((3, 1), (ZoneOf(gateway).Requests(LimitOutcome.Passed).Value, ZoneOf(gateway).Requests(LimitOutcome.Rejected).Value));
    }

    [Theory]
    [InlineData("limit_conn_headers = 'off'", 503, null)]
    [InlineData("limit_conn_headers = 'refused'\nlimit_conn_status = 429", 429, "1")]
    [InlineData("limit_conn_headers = 'refused'\nerror_page = '503 /busy'", 503, "1")]
    [InlineData("limit_conn_dry_run = true", 200, null)]
    public async Task Refusal_says_when_to_try_again_where_limit_conn_headers_wants_it(string keys, int status, string? expected)
    {
        await using var upstream = new HeldUpstream();
        await using var gateway = await TestGateway.StartAsync(upstream.Server, $"limit_conn = 'c 1'\n{keys}\n[[server.location]]\npath = '/busy'\nreturn = '200 busy'", top: Zone);
        var running = gateway.GetAsync("/1");
        await upstream.HoldsAsync(1);
        var second = gateway.GetAsync("/2");
        if (status == 200)
        {
            await upstream.HoldsAsync(2);
            upstream.Release(2);
        }

        var response = await second;
        if (status != 200)
        {
            upstream.Release();
        }

        Assert.Equal(200, (await running).Status);
        Assert.Equal((status, expected), (response.Status, response["Retry-After"]));
    }

    [Fact]
    public async Task A_connection_without_a_complete_head_is_not_counted()
    {
        await using var upstream = ScriptedUpstream.Ok("ok");
        await using var gateway = await TestGateway.StartAsync(upstream, "limit_conn = 'c 1'", top: Zone);
        using var silent = await gateway.ConnectAsync();
        using var slow = await gateway.ConnectAsync();
        await slow.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n");

        Assert.Equal(200, (await gateway.GetAsync()).Status);

        // The response is there before its place is free.
        await Eventually.TrueAsync(() => ZoneOf(gateway).Count == 0);
        await slow.SendAsync("\r\n");
        Assert.Equal(200, (await slow.ReadResponseAsync()).Status);
    }

    [Fact]
    public async Task Each_stream_of_an_http2_connection_is_one()
    {
        await using var upstream = new HeldUpstream();
        await using var gateway = await TestGateway.StartAsync(upstream.Server, "limit_conn = 'c 2'", server: "http2 = true", top: Zone);
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact, BaseAddress = new Uri($"http://{gateway.EndPoint}") };
        var running = new[] { client.GetAsync("/1"), client.GetAsync("/2") };
        await upstream.HoldsAsync(2);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/3")).StatusCode);

        upstream.Release(2);
        Assert.All(await Task.WhenAll(running), r => Assert.Equal(HttpStatusCode.OK, r.StatusCode));
        Assert.Equal(1, gateway.Host.Counters.ConnectionsAccepted.Value);
    }

    [Fact]
    public async Task A_tunnel_counts_as_long_as_it_lasts()
    {
        var end = new TaskCompletionSource();
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            await wire.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
            await end.Task;
        });
        await using var gateway = await TestGateway.StartAsync(upstream, "limit_conn = 'c 1'", top: Zone);
        using (var client = await gateway.ConnectAsync())
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
            Assert.Equal(101, (await client.ReadHeadAsync())!.Status);

            Assert.Equal(503, (await gateway.GetAsync()).Status);
            Assert.Equal(1, ZoneOf(gateway).Count);
        }

        end.SetResult();
        await gateway.IdleAsync();
        Assert.Equal(0, ZoneOf(gateway).Count);
    }

    [Fact]
    public async Task A_place_is_free_again_however_a_request_ends()
    {
        await using var upstream = ScriptedUpstream.EndingInTurn();
        await using var gateway = await TestGateway.StartAsync(upstream, "proxy_next_upstream = 'off'\nlimit_conn = 'c 1'", top: Zone, parameters: "max_fails=0");

        for (var i = 0; i < 50; i++)
        {
            using var client = await gateway.ConnectAsync();
            await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
            try
            {
                await client.ReadToEndAsync();
            }
            catch (System.Net.Sockets.SocketException)
            {
                // The truncated one.
            }

            await gateway.IdleAsync();
            Assert.Equal(0, ZoneOf(gateway).Count);
        }

        Assert.Equal((50, 0), (ZoneOf(gateway).Requests(LimitOutcome.Passed).Value, ZoneOf(gateway).Requests(LimitOutcome.Rejected).Value));
    }

    [Fact]
    public async Task A_client_that_leaves_gives_its_place_back()
    {
        await using var upstream = new HeldUpstream();
        await using var gateway = await TestGateway.StartAsync(upstream.Server, "limit_conn = 'c 1'", top: Zone);
        var leaving = await gateway.ConnectAsync();
        await leaving.SendAsync("GET /1 HTTP/1.1\r\nHost: t\r\n\r\n");
        await upstream.HoldsAsync(1);

        leaving.Dispose();

        await Eventually.TrueAsync(() => ZoneOf(gateway).Count == 0);
        upstream.Release(2);
        Assert.Equal(200, (await gateway.GetAsync("/2")).Status);
    }

    [Fact]
    public async Task A_request_refused_by_one_zone_holds_a_place_in_none()
    {
        await using var upstream = new HeldUpstream();
        await using var gateway = await TestGateway.StartAsync(
            upstream.Server, "limit_conn = ['all 10', 'one 1']", top: "limit_conn_zone = ['$server_port zone=all:64k', '$arg_k zone=one:64k']");
        var running = gateway.GetAsync("/?k=a");
        await upstream.HoldsAsync(1);

        Assert.Equal(503, (await gateway.GetAsync("/?k=a")).Status);

        var all = (ConnectionZone)gateway.Host.Snapshot!.LimitZones.Single(z => z.Name == "all");
        Assert.Equal(ConnectionDecision.Refused, all.Enter(System.Text.Encoding.ASCII.GetBytes($"{((IPEndPoint)gateway.EndPoint).Port}"), 1, out _));
        Assert.Equal(ConnectionDecision.Entered, all.Enter(System.Text.Encoding.ASCII.GetBytes($"{((IPEndPoint)gateway.EndPoint).Port}"), 2, out _));
        upstream.Release();
        await running;
    }

    [Fact]
    public async Task A_request_that_runs_through_a_reload_keeps_its_place_and_gives_it_back()
    {
        await using var upstream = new HeldUpstream();
        string Toml(int most) => TestGateway.Toml([upstream.Server.Address], $"limit_conn = 'c {most}'", top: Zone);
        await using var gateway = await TestGateway.StartAsync(Toml(1));
        var running = gateway.GetAsync("/1");
        await upstream.HoldsAsync(1);

        Assert.Empty(await gateway.ReloadAsync(Toml(2)));
        var second = gateway.GetAsync("/2");
        await upstream.HoldsAsync(2);

        Assert.Equal(503, (await gateway.GetAsync("/3")).Status);
        upstream.Release(2);
        await Task.WhenAll(running, second);
        await gateway.IdleAsync();
        Assert.Equal(0, ZoneOf(gateway).Count);
    }

    [Fact]
    public async Task A_dry_run_refuses_nothing()
    {
        await using var upstream = new HeldUpstream();
        await using var gateway = await TestGateway.StartAsync(upstream.Server, "limit_conn = 'c 1'\nlimit_conn_dry_run = true\nadd_header = { X-Conn = '$limit_conn_status' }", top: Zone);
        var running = gateway.GetAsync("/1");
        await upstream.HoldsAsync(1);
        var second = gateway.GetAsync("/2");
        await upstream.HoldsAsync(2);
        upstream.Release(2);

        Assert.Equal(["PASSED", "REJECTED_DRY_RUN"], (await Task.WhenAll(running, second)).Select(r => r["X-Conn"]));
        Assert.Contains("dry_run=True", Assert.Single(gateway.Log.Named("connection-limited")));
    }

    [Fact]
    public async Task A_full_zone_refuses_and_says_so()
    {
        await using var upstream = ScriptedUpstream.Ok("ok");
        await using var gateway = await TestGateway.StartAsync(upstream, "limit_conn = 'c 1'\nlimit_conn_status = 429", top: "limit_conn_zone = '$request_uri$request_uri$request_uri$request_uri$request_uri zone=c:32k'");

        Assert.Equal(429, (await gateway.GetAsync("/" + new string('x', 7000))).Status);
        Assert.Equal(200, (await gateway.GetAsync("/" + new string('x', 5000))).Status);

        Assert.Single(gateway.Log.Named("limit-zone-full"));
    }

    private static ConnectionZone ZoneOf(TestGateway gateway) => Assert.IsType<ConnectionZone>(Assert.Single(gateway.Host.Snapshot!.LimitZones));
}
