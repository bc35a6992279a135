using System.Net;
using System.Net.Sockets;
using Balancer.Infrastructure;
using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>Start, reload and stop.</summary>
public class GatewayHostTests
{
    [Fact]
    public async Task A_start_that_cannot_bind_an_address_names_it_and_leaves_nothing_bound()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var free = FreePort();

        var failure = await Assert.ThrowsAsync<GatewayConfigException>(() => TestGateway.StartAsync($"""
            [[server]]
            listen = ["127.0.0.1:{free}", "{taken.LocalEndPoint}"]
            return = "200"
            """));

        Assert.Contains($"cannot listen on {taken.LocalEndPoint}", Assert.Single(failure.Errors).ToString());
        using var again = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        again.Bind(new IPEndPoint(IPAddress.Loopback, free));
    }

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("localhost:0")]
    public async Task A_listener_is_found_by_its_address_and_accepts_until_it_is_stopped(string address)
    {
        await using var gateway = await TestGateway.StartAsync("[[server]]\nlisten = \"127.0.0.1:0\"\nreturn = \"200\"");

        var listener = gateway.Host.FindListener(address);

        Assert.True(listener!.IsAccepting);
        Assert.Null(gateway.Host.FindListener("127.0.0.1:1"));
        await listener.StopAsync(TimeSpan.Zero);
        Assert.False(listener.IsAccepting);
    }

    [Fact]
    public async Task A_request_that_runs_finishes_on_the_configuration_it_began_with()
    {
        await using var old = new HeldUpstream();
        await using var fresh = ScriptedUpstream.Ok("fresh");
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([old.Server.Address], "add_header = { X-Config = 'old' }"));
        using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET /old HTTP/1.1\r\nHost: t\r\n\r\n");
        await old.HoldsAsync(1);

        Assert.Empty(await gateway.ReloadAsync(TestGateway.Toml([fresh.Address], "add_header = { X-Config = 'new' }")));
        Assert.Equal("new", (await gateway.GetAsync())["X-Config"]);
        old.Release();

        var response = await client.ReadResponseAsync();
        Assert.Equal("/old", response.Text);
        Assert.Equal("old", response["X-Config"]);

        // The same connection then sees the new one.
        await client.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        Assert.Equal("fresh", (await client.ReadResponseAsync()).Text);
    }

    [Fact]
    public async Task A_pool_that_did_not_change_keeps_connections_and_counters()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address]));
        await gateway.GetAsync();
        await gateway.IdleAsync();
        var state = gateway.Pool.Servers.All[0].State;

        Assert.Empty(await gateway.ReloadAsync(TestGateway.Toml([upstream.Address], "add_header = { X-A = '1' }")));
        await gateway.GetAsync();
        await gateway.IdleAsync();

        Assert.Same(state, gateway.Pool.Servers.All[0].State);
        Assert.Equal(2, state.Metrics.Requests(2).Value);
        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task Connections_to_a_server_that_was_removed_are_closed()
    {
        await using var removed = ScriptedUpstream.Ok();
        await using var kept = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([removed.Address, kept.Address]));
        await gateway.GetAsync();
        await gateway.GetAsync();
        await gateway.IdleAsync();
        var state = gateway.Pool.Servers.All[0].State;

        Assert.Empty(await gateway.ReloadAsync(TestGateway.Toml([kept.Address])));

        await Eventually.TrueAsync(() => removed.Closed == 1);
        Assert.Equal(0, state.Connections.Open);
        Assert.Equal(200, (await gateway.GetAsync()).Status);
        Assert.Equal(1, kept.Connections);
    }

    [Fact]
    public async Task A_reload_that_cannot_bind_changes_nothing()
    {
        await using var upstream = ScriptedUpstream.Ok();
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Address]));
        var snapshot = gateway.Host.Snapshot;

        var errors = await gateway.ReloadAsync(TestGateway.Toml([upstream.Address], server: "return = '200 new'").Replace("127.0.0.1:0", "192.0.2.1:1", StringComparison.Ordinal));

        Assert.Contains("192.0.2.1:1", Assert.Single(errors).ToString());
        Assert.Same(snapshot, gateway.Host.Snapshot);
        Assert.Equal("ok", (await gateway.GetAsync()).Text);
    }

    [Fact]
    public async Task A_listener_that_was_dropped_closes_its_idle_connections_and_refuses_new_ones()
    {
        await using var gateway = await TestGateway.StartAsync("[[server]]\nlisten = ['127.0.0.1:0', '127.0.0.2:0']\nreturn = '200 ok'");
        var dropped = gateway.Host.Listeners.Single(listener => listener.EndPoint is IPEndPoint ip && ip.Address.ToString() == "127.0.0.2").EndPoint;
        using var idle = await Wire.ConnectAsync(dropped);
        await idle.SendAsync("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        Assert.Equal(200, (await idle.ReadResponseAsync()).Status);

        Assert.Empty(await gateway.ReloadAsync("[[server]]\nlisten = '127.0.0.1:0'\nreturn = '200 ok'"));

        Assert.True(await idle.IsClosedAsync());
        await Eventually.TrueAsync(() => !IsListening(dropped));
        Assert.Equal(200, (await gateway.GetAsync()).Status);
    }

    [Fact]
    public async Task A_stop_lets_running_requests_finish_and_tells_their_clients_to_close()
    {
        await using var upstream = new HeldUpstream();
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Server.Address]));
        using var client = await gateway.ConnectAsync();
        using var idle = await gateway.ConnectAsync();
        await client.SendAsync("GET /late HTTP/1.1\r\nHost: t\r\n\r\n");
        await upstream.HoldsAsync(1);

        var stopping = Task.Run(() => gateway.Host.StopAsync(TimeSpan.FromMinutes(1)));
        Assert.True(await idle.IsClosedAsync());
        upstream.Release();
        var response = await client.ReadResponseAsync();

        Assert.Equal("/late", response.Text);
        Assert.Equal("close", response["Connection"]);
        Assert.Equal(0, await stopping);
        Assert.True(gateway.Host.IsDraining);
    }

    [Fact]
    public async Task A_stop_cuts_what_still_runs_when_its_patience_is_over()
    {
        await using var upstream = new HeldUpstream();
        var time = new FakeTimeProvider();
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Server.Address]), time);
        using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET /late HTTP/1.1\r\nHost: t\r\n\r\n");
        await upstream.HoldsAsync(1);

        var cut = await gateway.RunClockAsync(Task.Run(() => gateway.Host.StopAsync(TimeSpan.FromSeconds(2))));

        Assert.Equal(1, cut);
        Assert.True(await client.IsClosedAsync());
        upstream.Release();
    }

    [Fact]
    public async Task A_stop_in_a_hurry_does_not_wait()
    {
        await using var upstream = new HeldUpstream();
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml([upstream.Server.Address]));
        using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET /late HTTP/1.1\r\nHost: t\r\n\r\n");
        await upstream.HoldsAsync(1);
        using var hurry = new CancellationTokenSource();

        var stopping = Task.Run(() => gateway.Host.StopAsync(TimeSpan.FromHours(1), hurry.Token));
        await hurry.CancelAsync();

        Assert.Equal(1, await stopping);
        Assert.True(await client.IsClosedAsync());
        upstream.Release();
    }

    [Fact]
    public async Task A_gateway_that_stops_refuses_reloads()
    {
        await using var gateway = await TestGateway.StartAsync("[[server]]\nlisten = '127.0.0.1:0'\nreturn = '200'");
        await Task.Run(() => gateway.Host.StopAsync(TimeSpan.Zero));

        var errors = await gateway.ReloadAsync("[[server]]\nlisten = '127.0.0.1:0'\nreturn = '200'");

        Assert.Contains("stopping", Assert.Single(errors).ToString());
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static bool IsListening(EndPoint endPoint)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
