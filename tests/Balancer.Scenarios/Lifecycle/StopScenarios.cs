using Balancer.Harness;

namespace Balancer.Lifecycle;

/// <summary>What the signals to stop do to running requests.</summary>
public sealed class StopScenarios
{
    private static string Toml(int port, TestUpstream upstream, string timeout = "10s") => $$"""
        worker_shutdown_timeout = "{{timeout}}"

        [upstream.pool]
        server = ["{{upstream.Address}}"]

        [[server]]
        listen = "127.0.0.1:{{port}}"

          [[server.location]]
          path = "/"
          proxy_pass = "http://pool"
        """;

    [Theory]
    [InlineData("Term")]
    [InlineData("Quit")]
    public async Task Running_request_finishes_before_the_end(string signal)
    {
        await using var upstream = TestUpstream.Start();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.On("/slow", async x =>
        {
            await go.Task;
            await x.RespondAsync(200, "finished");
        });
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream));
        await using var running = await RawClient.ConnectAsync(port);
        await using var idle = await RawClient.ConnectAsync(port);
        await idle.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, (await idle.ReadResponseAsync()).Status);
        await running.SendAsync("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        await upstream.WaitForRequestAsync("/slow");
        gateway.Process.Signal(Enum.Parse<UnixSignal>(signal));
        await Deadline.WaitAsync(gateway.Notify.WaitAsync("STOPPING=1"), () => "STOPPING=1");
        await idle.AssertClosedAsync();
        Assert.Equal(503, (await gateway.AdminGetAsync("/health/ready")).Status);
        Assert.Equal(200, (await gateway.AdminGetAsync("/health/live")).Status);
        await Deadline.UntilAsync(
            async () =>
            {
                try
                {
                    await (await RawClient.ConnectAsync(port)).DisposeAsync();
                    return false;
                }
                catch (System.Net.Sockets.SocketException)
                {
                    return true;
                }
            },
            () => "new connections are refused");
        Assert.False(gateway.Process.Exited.IsCompleted);
        go.SetResult();
        var response = await running.ReadResponseAsync();
        Assert.Equal(("finished", "close"), (response.BodyText, response["Connection"]));
        Assert.Equal(0, await gateway.WaitForExitAsync());
    }

    [Fact]
    public async Task Request_that_takes_longer_than_the_timeout_is_cut_off_and_the_exit_code_is_still_0()
    {
        await using var upstream = TestUpstream.Start();
        upstream.On("/forever", x => x.Connection.WaitForGatewayToCloseAsync());
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream, "1s"));
        await using var client = await RawClient.ConnectAsync(port);
        await client.SendAsync("GET /forever HTTP/1.1\r\nHost: a\r\n\r\n");
        await upstream.WaitForRequestAsync("/forever");
        gateway.Process.Signal(UnixSignal.Term);
        Assert.Equal(0, await gateway.WaitForExitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Interrupt_ends_at_once()
    {
        await using var upstream = TestUpstream.Start();
        upstream.On("/forever", x => x.Connection.WaitForGatewayToCloseAsync());
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, upstream, "60s"));
        await using var client = await RawClient.ConnectAsync(port);
        await client.SendAsync("GET /forever HTTP/1.1\r\nHost: a\r\n\r\n");
        await upstream.WaitForRequestAsync("/forever");
        gateway.Process.Signal(UnixSignal.Int);
        await gateway.WaitForExitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Address_in_use_exits_with_1_and_names_the_address()
    {
        await using var upstream = TestUpstream.Start();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => GatewayProcess.StartAsync(Toml(upstream.Port, upstream)));
        Assert.Contains("exit code 1", error.Message, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{upstream.Port}", error.Message, StringComparison.Ordinal);
    }
}
