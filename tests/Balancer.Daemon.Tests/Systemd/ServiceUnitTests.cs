using System.Diagnostics;
using Balancer.TestSupport;

namespace Balancer.Daemon.Systemd;

public sealed class ServiceUnitTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SystemdFact]
    public async Task Unit_is_clean()
    {
        // Verified with an executable that exists here; what the unit names is there once it is installed.
        var unit = await File.ReadAllTextAsync(RepositoryFiles.PathOf("systemd", "balancerd.service"));
        var path = _directory.Write("balancerd.service", unit.Replace("/usr/bin/balancerd", "/bin/true", StringComparison.Ordinal));

        var (code, output) = await RunAsync("verify", path);

        // Unknown keys are only complained about, they do not change the exit code.
        Assert.Equal((0, ""), (code, string.Join('\n', output.Split('\n').Where(line => line.Contains("balancerd", StringComparison.Ordinal)))));
    }

    [SystemdFact]
    public async Task Exposure_is_at_most_3()
    {
        var (code, output) = await RunAsync("security", "--offline=true", "--threshold=30", "--no-pager", RepositoryFiles.PathOf("systemd", "balancerd.service"));

        Assert.True(code == 0, output);
        Assert.Contains("Overall exposure level for balancerd.service", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unit_reloads_with_the_command_that_tells_the_outcome_and_survives_the_runtime()
    {
        var unit = (await File.ReadAllLinesAsync(RepositoryFiles.PathOf("systemd", "balancerd.service"))).Where(line => !line.StartsWith('#')).ToArray();

        Assert.Contains("Type=notify", unit);
        Assert.Contains("ExecReload=/usr/bin/balancerd -s reload -c /etc/balancer/balancer.toml", unit);
        Assert.Contains("WatchdogSignal=SIGKILL", unit);
        Assert.DoesNotContain(unit, line => line.StartsWith("MemoryDenyWriteExecute", StringComparison.Ordinal));
        Assert.Contains("CapabilityBoundingSet=CAP_NET_BIND_SERVICE", unit);
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(SystemdFactAttribute.Analyze, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C.UTF-8", ["SYSTEMD_COLORS"] = "0" },
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, await error + await output);
    }
}
