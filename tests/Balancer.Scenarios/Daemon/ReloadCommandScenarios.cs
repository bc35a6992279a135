using Balancer.Harness;

namespace Balancer.Daemon;

/// <summary><c>balancerd -s reload</c> returns when the reload is done, and tells its outcome.</summary>
public sealed class ReloadCommandScenarios
{
    private static string Toml(int port, string text) => $$"""
        pid = "DIR/d.pid"

        [[server]]
        listen = "127.0.0.1:{{port}}"
        return = "200 {{text}}"
        """;

    [Fact]
    public async Task New_configuration_is_in_effect_when_the_command_returns()
    {
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, "old"));
        gateway.WriteConfig(Toml(port, "new"));

        var (code, output) = await SignalAsync(gateway, "reload");

        Assert.Equal((0, ""), (code, output));
        Assert.Equal("new", await GetAsync(port));
        Assert.Equal(["RELOADING=1", "READY=1"], gateway.Notify.States.Where(s => s is "RELOADING=1" or "READY=1").Skip(1));
        Assert.Contains(gateway.Notify.States, s => s.StartsWith("MONOTONIC_USEC=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("unknown_key = 1", "balancerd.toml:1:1: ")]
    [InlineData("this is not toml", "balancerd.toml:1:")]
    public async Task Refused_file_fails_the_command_with_its_errors_and_changes_nothing(string line, string error)
    {
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync("error_log = \"stderr info\"\n" + Toml(port, "old"));
        gateway.WriteConfig($"{line}\nerror_log = \"stderr info\"\n" + Toml(port, "new"));

        var (code, output) = await SignalAsync(gateway, "reload");

        Assert.Equal(1, code);
        Assert.Contains(error, output, StringComparison.Ordinal);
        Assert.Equal("old", await GetAsync(port));
        await gateway.Process.WaitForLineAsync(l => l.Contains("event=config-error", StringComparison.Ordinal) && l.Contains(error, StringComparison.Ordinal));
        await gateway.Process.WaitForLineAsync(l => l.Contains("event=config-refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Address_that_is_taken_fails_the_command()
    {
        await using var other = TestUpstream.Start();
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, "old"));
        gateway.WriteConfig(Toml(port, "new") + $"\n[[server]]\nlisten = \"127.0.0.1:{other.Port}\"\nreturn = \"404\"\n");

        var (code, output) = await SignalAsync(gateway, "reload");

        Assert.Equal(1, code);
        Assert.Contains($"127.0.0.1:{other.Port}", output, StringComparison.Ordinal);
        Assert.Equal("old", await GetAsync(port));
    }

    [Fact]
    public async Task Unit_needs_no_pid_setting_to_reload()
    {
        using var run = new TempDirectory();
        var unit = new Dictionary<string, string> { ["RUNTIME_DIRECTORY"] = run.Path };
        var port = Ports.Next();
        var toml = Toml(port, "old").Replace("pid = \"DIR/d.pid\"", "", StringComparison.Ordinal);
        await using var gateway = await GatewayProcess.StartAsync(toml, unit);
        Assert.True(File.Exists(run.File("balancerd.pid")));
        gateway.WriteConfig(toml.Replace("old", "new", StringComparison.Ordinal));

        var (program, arguments) = GatewayProcess.Command;
        await using var command = ChildProcess.Start(program, [.. arguments, "-s", "reload", "-c", gateway.ConfigFile], unit);

        Assert.Equal(0, await Deadline.WaitAsync(command.Exited, () => $"the reload; output:\n{command.Output}"));
        Assert.Equal("new", await GetAsync(port));
        Assert.Equal(1, (await SignalAsync(gateway, "reload")).Code);
    }

    [Fact]
    public async Task Several_commands_at_once_all_get_the_outcome()
    {
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, "old"));
        gateway.WriteConfig(Toml(port, "new"));

        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SignalAsync(gateway, "reload")));

        Assert.All(all, one => Assert.Equal((0, ""), one));
        Assert.Equal("new", await GetAsync(port));
    }

    [Fact]
    public async Task Burst_of_hangups_ends_with_the_last_file()
    {
        var port = Ports.Next();
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, "0"));
        for (var i = 1; i <= 50; i++)
        {
            gateway.WriteConfig(Toml(port, $"{i}"));
            gateway.Process.Signal(UnixSignal.Hup);
        }

        await Deadline.UntilAsync(async () => await GetAsync(port) == "50", () => "the last file is in effect");

        // The command queues behind the signals, so they are all dealt with when it returns.
        Assert.Equal((0, ""), await SignalAsync(gateway, "reload"));
        Assert.InRange(gateway.Notify.States.Count(s => s == "RELOADING=1"), 2, 51);
        Assert.False(gateway.Process.Exited.IsCompleted);
    }

    [Fact]
    public async Task Admin_endpoint_and_pid_file_move_with_the_configuration()
    {
        var (port, admin) = (Ports.Next(), Ports.Next());
        await using var gateway = await GatewayProcess.StartAsync(Toml(port, "old"));
        Assert.Equal(200, (await gateway.AdminGetAsync("/health/live")).Status);
        gateway.WriteConfig(Toml(port, "new").Replace("d.pid", "e.pid", StringComparison.Ordinal) + $"\n[admin]\nlisten = \"127.0.0.1:{admin}\"\n");

        await gateway.ReloadAsync();

        Assert.Contains("live", await GetAsync(admin, "/health/live"), StringComparison.Ordinal);
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => gateway.AdminGetAsync("/health/live"));
        Assert.True(File.Exists(gateway.FilePath("e.pid")));
        Assert.False(File.Exists(gateway.FilePath("d.pid")));
        Assert.Equal((0, ""), await SignalAsync(gateway, "reload"));
    }

    private static async Task<(int Code, string Output)> SignalAsync(GatewayProcess gateway, string signal)
    {
        var (program, arguments) = GatewayProcess.Command;
        return await ChildProcess.RunAsync(program, [.. arguments, "-s", signal, "-c", gateway.ConfigFile]);
    }

    private static async Task<string> GetAsync(int port, string path = "/")
    {
        await using var client = await RawClient.ConnectAsync(port);
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        return (await client.ReadResponseAsync()).BodyText;
    }
}
