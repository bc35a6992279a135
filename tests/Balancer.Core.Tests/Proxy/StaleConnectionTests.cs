using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>Kept connections that a server closes while a request is on its way: the most common false 502 of proxies.</summary>
public class StaleConnectionTests
{
    [Theory]
    [InlineData("GET", "", false, 200)]
    [InlineData("GET", "", true, 200)]
    [InlineData("GET", "proxy_next_upstream = 'off'", false, 200)]
    [InlineData("PUT", "", false, 200)]
    [InlineData("DELETE", "", true, 200)]
    [InlineData("POST", "", false, 502)]
    [InlineData("POST", "", true, 502)]
    [InlineData("PATCH", "", true, 502)]
    [InlineData("POST", "proxy_next_upstream = 'error non_idempotent'", true, 200)]
    public async Task A_connection_that_ends_instead_of_answering_its_second_request_is_replaced_when_the_request_may_be_repeated(string method, string location, bool resets, int expected)
    {
        await using var upstream = ScriptedUpstream.Start(async (wire, number) =>
        {
            for (var i = 0; i < (number == 0 ? 1 : 9); i++)
            {
                if (await wire.ReadMessageAsync() is not { } request)
                {
                    return;
                }

                await wire.SendAsync(ScriptedUpstream.OkText($"{number} {request.Text}"));
            }

            await wire.ReadMessageAsync();
            if (resets)
            {
                wire.Reset();
            }
        });
        await using var gateway = await TestGateway.StartAsync(upstream, location);
        Assert.Equal("0 ", (await gateway.GetAsync()).Text);

        var response = await gateway.SendAsync($"{method} / HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n\r\nbody");

        Assert.Equal(expected, response.Status);
        Assert.Equal(expected == 200 ? 2 : 1, upstream.Connections);
        if (expected == 200)
        {
            Assert.Equal("1 body", response.Text);
            Assert.Equal(0, gateway.Pool.Servers.All[0].State.Fails);
            Assert.Empty(gateway.Log.Named("upstream-failed"));
        }
    }

    [Fact]
    public async Task A_fresh_connection_that_fails_too_is_the_servers_fault()
    {
        await using var upstream = ScriptedUpstream.Start(async (wire, number) =>
        {
            await wire.ReadMessageAsync();
            if (number == 0)
            {
                await wire.SendAsync(ScriptedUpstream.OkText("ok"));
                await wire.ReadMessageAsync();
            }
        });
        await using var gateway = await TestGateway.StartAsync(upstream);
        await gateway.GetAsync();

        Assert.Equal(502, (await gateway.GetAsync()).Status);

        Assert.Equal(2, upstream.Connections);
        Assert.Single(gateway.Log.Named("upstream-failed"));
    }

    [Fact]
    public async Task A_connection_that_breaks_within_a_response_is_not_replaced()
    {
        await using var upstream = ScriptedUpstream.Start(async wire =>
        {
            await wire.ReadMessageAsync();
            await wire.SendAsync(ScriptedUpstream.OkText("ok"));
            await wire.ReadMessageAsync();
            await wire.SendAsync("HTTP/1.1 2");
        });
        await using var gateway = await TestGateway.StartAsync(upstream, "proxy_next_upstream = 'off'");
        await gateway.GetAsync();

        Assert.Equal(502, (await gateway.GetAsync()).Status);

        Assert.Equal(1, upstream.Connections);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("x")]
    public async Task An_idle_connection_on_which_anything_happens_is_not_used_again(string said)
    {
        var done = new SemaphoreSlim(0);
        await using var upstream = ScriptedUpstream.Start(async (wire, number) =>
        {
            await wire.ReadMessageAsync();
            await wire.SendAsync(ScriptedUpstream.OkText($"{number}"));
            await done.WaitAsync();
            await wire.SendAsync(said);
        });
        await using var gateway = await TestGateway.StartAsync(upstream);
        Assert.Equal("0", (await gateway.GetAsync()).Text);
        await Eventually.TrueAsync(() => gateway.Pool.Servers.All[0].State.Connections.Idle == 1);

        done.Release();
        await Eventually.TrueAsync(() => upstream.Closed == 1);

        // Also for a POST: it was not sent yet.
        Assert.Equal("1", (await gateway.SendAsync("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n")).Text);
        Assert.Equal(0, gateway.Pool.Servers.All[0].State.Fails);
        done.Release();
    }

    [Fact]
    public async Task Connections_are_used_for_as_many_requests_as_allowed()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(upstream, pool: "keepalive_requests = 3");

        for (var i = 1; i <= 9; i++)
        {
            await gateway.GetAsync();
            await gateway.IdleAsync();
            Assert.Equal((i + 2) / 3, upstream.Connections);
        }
    }

    [Theory]
    [InlineData("keepalive_timeout = '10s'", 9, 1)]
    [InlineData("keepalive_timeout = '10s'", 11, 2)]
    [InlineData("keepalive_time = '10s'", 11, 1)]
    [InlineData("keepalive = 0", 0, 2)]
    public async Task Connections_are_kept_as_long_as_allowed(string pool, int seconds, int expected)
    {
        await using var upstream = ScriptedUpstream.Ok();
        var time = new Infrastructure.FakeTimeProvider();
        await using var gateway = await TestGateway.StartAsync(upstream, pool: pool, time: time);
        await gateway.GetAsync();
        await gateway.IdleAsync();

        time.Advance(TimeSpan.FromSeconds(seconds));
        await gateway.GetAsync();

        Assert.Equal(expected, upstream.Connections);
    }

    [Fact]
    public async Task A_connection_is_closed_after_the_request_that_finds_it_too_old()
    {
        await using var upstream = ScriptedUpstream.Ok();
        var time = new Infrastructure.FakeTimeProvider();
        await using var gateway = await TestGateway.StartAsync(upstream, pool: "keepalive_time = '10s'", time: time);
        await gateway.GetAsync();
        await gateway.IdleAsync();

        time.Advance(TimeSpan.FromSeconds(11));
        await gateway.GetAsync();
        await gateway.IdleAsync();
        await gateway.GetAsync();

        Assert.Equal(2, upstream.Connections);
    }

    [Fact]
    public async Task A_server_that_says_close_is_taken_at_its_word()
    {
        await using var upstream = ScriptedUpstream.Answer(_ => "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        await using var gateway = await TestGateway.StartAsync(upstream);

        await gateway.GetAsync();
        await gateway.GetAsync();

        Assert.Equal(2, upstream.Connections);
    }
}
