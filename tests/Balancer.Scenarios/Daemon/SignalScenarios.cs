using Balancer.Harness;

namespace Balancer.Daemon;

/// <summary>Signals, whether sent by hand or by <c>balancerd -s</c>, and the pid file by which that finds the daemon.</summary>
public sealed class SignalScenarios
{
    private static string Toml(int port) => $$"""
        pid = "DIR/d.pid"
        worker_shutdown_timeout = "60s"
        error_log = "DIR/error.log info"

        [[server]]
        listen = "127.0.0.1:{{port}}"
        access_log = "DIR/access.log"
        return = "200 ok"
        """;

    [Theory]
    [InlineData("quit")]
    [InlineData("stop")]
    public async Task Command_ends_the_daemon_with_exit_code_0_and_removes_its_files(string signal)
    {
        await using var gateway = await GatewayProcess.StartAsync(Toml(Ports.Next()));
        Assert.True(File.Exists(gateway.FilePath("d.sock")));

        Assert.Equal((0, ""), await CommandAsync(gateway, signal));

        Assert.Equal(0, await gateway.WaitForExitAsync());
        Assert.False(File.Exists(gateway.FilePath("d.pid")));
        Assert.False(File.Exists(gateway.FilePath("d.sock")));
        Assert.Contains("event=stopped", await File.ReadAllTextAsync(gateway.FilePath("error.log")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Int")]
    [InlineData("Quit")]
    [InlineData("Term")]
    public async Task Signals_it_was_told_to_ignore_are_heeded(string last)
    {
        await using var gateway = await GatewayProcess.StartAsync(Toml(Ports.Next()), ignoring: "HUP INT QUIT TERM USR1");

        await gateway.ReloadAsync();
        Assert.Equal(1, (await gateway.ScrapeAsync()).Sum("balancer_config_reloads_total"));
        gateway.Process.Signal(Enum.Parse<UnixSignal>(last));

        Assert.Equal(0, await gateway.WaitForExitAsync());
    }

    [Theory]
    [InlineData("Usr1")]
    [InlineData("reopen")]
    public async Task Moved_log_files_are_opened_anew(string how)
    {
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port));
        await GetAsync(port, "/before");
        await Deadline.UntilAsync(() => Read(gateway, "access.log").Contains("/before", StringComparison.Ordinal), () => "the line of the first request");
        File.Move(gateway.FilePath("access.log"), gateway.FilePath("access.log.1"));
        File.Move(gateway.FilePath("error.log"), gateway.FilePath("error.log.1"));
        if (how == "Usr1")
        {
            gateway.Process.Signal(UnixSignal.Usr1);
        }
        else
        {
            Assert.Equal((0, ""), await CommandAsync(gateway, how));
        }

        await Deadline.UntilAsync(() => Read(gateway, "error.log").Contains("event=logs-reopened", StringComparison.Ordinal), () => "the new error log");
        await GetAsync(port, "/after");
        await Deadline.UntilAsync(() => Read(gateway, "access.log").Contains("/after", StringComparison.Ordinal), () => "the new access log");
        Assert.DoesNotContain("/before", Read(gateway, "access.log"), StringComparison.Ordinal);
        Assert.DoesNotContain("/after", Read(gateway, "access.log.1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Term", "Term")]
    [InlineData("Quit", "Term")]
    [InlineData("Term", "Int")]
    public async Task Second_signal_cuts_the_drain_short(string first, string second)
    {
        await using var upstream = TestUpstream.Start();
        upstream.On("/forever", x => x.Connection.WaitForGatewayToCloseAsync());
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port).Replace(
            "return = \"200 ok\"", $"\n[[server.location]]\npath = \"/\"\nproxy_pass = \"http://{upstream.Address}\"", StringComparison.Ordinal));
        await using var client = await RawClient.ConnectAsync(port);
        await client.SendAsync("GET /forever HTTP/1.1\r\nHost: a\r\n\r\n");
        await upstream.WaitForRequestAsync("/forever");
        gateway.Process.Signal(Enum.Parse<UnixSignal>(first));
        await Deadline.WaitAsync(gateway.Notify.WaitAsync("STOPPING=1"), () => "STOPPING=1");
        Assert.False(gateway.Process.Exited.IsCompleted);
        Assert.Contains("EXTEND_TIMEOUT_USEC=70000000", gateway.Notify.States);

        gateway.Process.Signal(Enum.Parse<UnixSignal>(second));

        Assert.Equal(0, await gateway.WaitForExitAsync());
        Assert.Contains("event=drain-cut-short", Read(gateway, "error.log"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signals_that_keep_coming_while_it_ends_change_nothing()
    {
        await using var gateway = await GatewayProcess.StartAsync(Toml(Ports.Next()));
        UnixSignal[] signals = [UnixSignal.Term, UnixSignal.Quit, UnixSignal.Hup, UnixSignal.Usr1, UnixSignal.Int];
        for (var i = 0; !gateway.Process.Exited.IsCompleted && File.Exists($"/proc/{gateway.Process.Id}/cmdline"); i++)
        {
            try
            {
                gateway.Process.Signal(signals[i % signals.Length]);
            }
            catch (InvalidOperationException)
            {
                // It is gone.
            }

            await Task.Delay(1);
        }

        Assert.Equal(0, await gateway.WaitForExitAsync());
        Assert.Contains("event=stopped", Read(gateway, "error.log"), StringComparison.Ordinal);
    }

    [RequiresTool("setpriv")]
    public async Task Daemon_without_any_privilege_finishes_its_requests_and_exits_with_0()
    {
        await using var upstream = TestUpstream.Start();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.On("/slow", async x =>
        {
            await go.Task;
            await x.RespondAsync(200, "finished");
        });
        using var directory = new TempDirectory();
        using var notify = new NotifySocket(directory.File("notify"));
        var port = Ports.Next();
        var toml = Toml(port).Replace("return = \"200 ok\"", $"\n[[server.location]]\npath = \"/\"\nproxy_pass = \"http://{upstream.Address}\"", StringComparison.Ordinal);
        var file = directory.Write("a.toml", toml.Replace("DIR", directory.Path, StringComparison.Ordinal));
        var (program, arguments) = GatewayProcess.Command;
        string[] drop = Native.IsRoot ? ["--bounding-set=-all", "--inh-caps=-all"] : ["--inh-caps=-all"];
        await using var daemon = ChildProcess.Start(
            "setpriv", [.. drop, program, .. arguments, "-c", file], new Dictionary<string, string> { ["NOTIFY_SOCKET"] = notify.Path });
        await Deadline.WaitAsync(notify.WaitAsync("READY=1"), () => $"READY=1; output:\n{daemon.Output}");
        await using var client = await RawClient.ConnectAsync(port);
        await client.SendAsync("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        await upstream.WaitForRequestAsync("/slow");

        daemon.Signal(UnixSignal.Term);
        await Deadline.WaitAsync(notify.WaitAsync("STOPPING=1"), () => $"STOPPING=1; output:\n{daemon.Output}");
        go.SetResult();

        Assert.Equal("finished", (await client.ReadResponseAsync()).BodyText);
        Assert.Equal(0, await Deadline.WaitAsync(daemon.Exited, () => $"the end; output:\n{daemon.Output}"));
    }

    [Fact]
    public async Task Second_daemon_with_the_same_pid_file_is_refused()
    {
        await using var gateway = await GatewayProcess.StartAsync(Toml(Ports.Next()));
        Assert.Equal($"{gateway.Process.Id}\n", Read(gateway, "d.pid"));
        gateway.WriteConfig(Toml(Ports.Next()));

        var (program, arguments) = GatewayProcess.Command;
        var (code, output) = await ChildProcess.RunAsync(program, [.. arguments, "-c", gateway.ConfigFile]);

        Assert.Equal(1, code);
        Assert.Contains($"balancerd is already running as process {gateway.Process.Id}", output, StringComparison.Ordinal);
        Assert.True(File.Exists(gateway.FilePath("d.pid")));
    }

    [Fact]
    public async Task Files_that_a_killed_daemon_left_behind_are_taken_over()
    {
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port));
        gateway.Process.Signal(UnixSignal.Kill);
        await gateway.WaitForExitAsync();
        Assert.True(File.Exists(gateway.FilePath("d.pid")));
        Assert.Contains("is stale", (await CommandAsync(gateway, "quit")).Output, StringComparison.Ordinal);

        using var notify = new NotifySocket(gateway.FilePath("notify2"));
        var (program, arguments) = GatewayProcess.Command;
        await using var next = ChildProcess.Start(program, [.. arguments, "-c", gateway.ConfigFile], new Dictionary<string, string> { ["NOTIFY_SOCKET"] = notify.Path });
        await Deadline.WaitAsync(notify.WaitAsync("READY=1"), () => $"READY=1; output:\n{next.Output}");
        Assert.Equal($"{next.Id}\n", Read(gateway, "d.pid"));
        Assert.Equal((0, ""), await CommandAsync(gateway, "reload"));
    }

    [Fact]
    public async Task Failed_start_leaves_no_files_behind()
    {
        await using var other = TestUpstream.Start();
        using var directory = new TempDirectory();
        var file = directory.Write("a.toml", Toml(other.Port).Replace("DIR", directory.Path, StringComparison.Ordinal));

        var (program, arguments) = GatewayProcess.Command;
        var (code, output) = await ChildProcess.RunAsync(program, [.. arguments, "-c", file]);

        Assert.Equal(1, code);
        Assert.Contains($"127.0.0.1:{other.Port}", output, StringComparison.Ordinal);
        Assert.False(File.Exists(directory.File("d.pid")));
        Assert.False(File.Exists(directory.File("d.sock")));
    }

    [Fact]
    public async Task Watchdog_is_fed_while_the_data_path_lives()
    {
        await using var gateway = await GatewayProcess.StartAsync(Toml(Ports.Next()), new Dictionary<string, string> { ["WATCHDOG_USEC"] = "400000" });

        var first = await Deadline.WaitAsync(gateway.Notify.WaitAsync("WATCHDOG=1"), () => "a sign of life");
        await Deadline.WaitAsync(gateway.Notify.WaitAsync("WATCHDOG=1", first), () => "a second sign of life");
    }

    private static string Read(GatewayProcess gateway, string name)
    {
        var path = gateway.FilePath(name);
        if (!File.Exists(path))
        {
            return "";
        }

        // The daemon's lock on its pid file excludes the framework's way to open one, and is none of our business.
        using var cat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("cat", [path]) { RedirectStandardOutput = true })!;
        return cat.StandardOutput.ReadToEnd();
    }

    private static async Task<(int Code, string Output)> CommandAsync(GatewayProcess gateway, string signal)
    {
        var (program, arguments) = GatewayProcess.Command;
        return await ChildProcess.RunAsync(program, [.. arguments, "-s", signal, "-c", gateway.ConfigFile]);
    }

    private static async Task GetAsync(int port, string path)
    {
        await using var client = await RawClient.ConnectAsync(port);
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
    }
}
