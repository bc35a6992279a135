using Balancer.Harness;

namespace Balancer.Lifecycle;

/// <summary>SIGHUP replaces the configuration without anybody noticing but those it concerns.</summary>
public sealed class ReloadScenarios
{
    private static string Toml(int port, TestUpstream upstream, string more = "") => $$"""
        [upstream.pool]
        server = ["{{upstream.Address}} max_fails=1 fail_timeout=60s", "{{more}}127.0.0.1:1 backup"]

        [[server]]
        listen = "127.0.0.1:{{port}}"

          [[server.location]]
          path = "/"
          proxy_pass = "http://pool"
        """;

    [Fact]
    public async Task Request_that_is_running_finishes_on_the_old_configuration()
    {
        await using var old = TestUpstream.Start();
        await using var @new = TestUpstream.Start();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        old.On("/slow", async x =>
        {
            await x.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf");
            await go.Task;
            await x.SendAsync("done");
        });
        @new.Default = x => x.RespondAsync(200, "new");
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, old));
        await using var client = await RawClient.ConnectAsync(port);
        await client.SendAsync("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        await old.WaitForRequestAsync("/slow");
        gateway.WriteConfig(Toml(port, @new));
        await gateway.ReloadAsync();
        Assert.Equal("new", (await RawClient.GetAsync(port, "/")).BodyText);
        go.SetResult();
        Assert.Equal("halfdone", (await client.ReadResponseAsync()).BodyText);

        // The connection lives on, and its next request is served by the new configuration.
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("new", (await client.ReadResponseAsync()).BodyText);
        await old.WaitForOpenConnectionsAsync(0);
    }

    [Fact]
    public async Task Broken_file_changes_nothing_and_says_why()
    {
        await using var upstream = TestUpstream.Start();
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream));
        gateway.WriteConfig("[[server]]\nlisten = \"127.0.0.1:1\"\nlissten = \"x\"\nreturn = \"200 $no_such_variable\"\n");
        await gateway.ReloadAsync();
        Assert.Equal("ok", (await RawClient.GetAsync(port, "/")).BodyText);
        Assert.Equal(0, (await gateway.ScrapeAsync()).Sum("balancer_config_last_reload_successful"));
        await gateway.Process.WaitForLineAsync(l => l.Contains("lissten", StringComparison.Ordinal));
        await gateway.Process.WaitForLineAsync(l => l.Contains("no_such_variable", StringComparison.Ordinal));
        gateway.WriteConfig(Toml(port, upstream));
        await gateway.ReloadAsync();
        Assert.Equal(1, (await gateway.ScrapeAsync()).Sum("balancer_config_last_reload_successful"));
    }

    [Fact]
    public async Task Unchanged_pool_keeps_its_connections_counters_and_ejections()
    {
        await using var upstream = TestUpstream.Start();
        var dead = $"127.0.0.1:{Ports.Next()}";
        var port = Ports.Next();
        string File(string header) => $$"""
            [upstream.pool]
            server = ["{{dead}} weight=10 max_fails=1 fail_timeout=600s", "{{upstream.Address}}"]

            [[server]]
            listen = "127.0.0.1:{{port}}"
            add_header = { X-Version = "{{header}}", X-Tried = "$upstream_addr" }

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"
            """;
        await using var gateway = await GatewayProcess.StartAsync(File("1"));
        Assert.Equal($"{dead}, {upstream.Address}", (await RawClient.GetAsync(port, "/"))["X-Tried"]);
        var before = (await gateway.ScrapeAsync()).Sum("balancer_upstream_requests_total", $"server={upstream.Address}");
        gateway.WriteConfig(File("2"));
        await gateway.ReloadAsync();
        for (var i = 0; i < 5; i++)
        {
            var response = await RawClient.GetAsync(port, "/");
            Assert.Equal(("2", upstream.Address), (response["X-Version"], response["X-Tried"]));
        }

        Assert.Single(upstream.Connections);
        Assert.Equal(before + 5, (await gateway.ScrapeAsync()).Sum("balancer_upstream_requests_total", $"server={upstream.Address}"));
    }

    [Fact]
    public async Task Listeners_are_added_and_dropped()
    {
        await using var upstream = TestUpstream.Start();
        int first = Ports.Next(), second = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(first, upstream));
        await using var idle = await RawClient.ConnectAsync(first);
        await idle.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, (await idle.ReadResponseAsync()).Status);
        gateway.WriteConfig(Toml(second, upstream));
        await gateway.ReloadAsync();
        Assert.Equal(200, (await RawClient.GetAsync(second, "/")).Status);
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => RawClient.ConnectAsync(first));
    }

    [Fact]
    public async Task Address_that_cannot_be_bound_refuses_the_reload()
    {
        await using var upstream = TestUpstream.Start();
        using var taken = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        taken.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        taken.Listen();
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream));
        gateway.WriteConfig(Toml(((System.Net.IPEndPoint)taken.LocalEndPoint!).Port, upstream));
        await gateway.ReloadAsync();
        Assert.Equal(0, (await gateway.ScrapeAsync()).Sum("balancer_config_last_reload_successful"));
        Assert.Equal(200, (await RawClient.GetAsync(port, "/")).Status);
    }
}
