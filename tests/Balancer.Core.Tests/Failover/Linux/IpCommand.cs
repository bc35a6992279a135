using System.Diagnostics;

namespace Balancer.Failover.Linux;

/// <summary>ip(8), the command that makes namespaces and sets up interfaces.</summary>
internal static class IpCommand
{
    /// <summary>Where it is; null when it is not installed.</summary>
    public static string? Path { get; } = new[] { "/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip", "/bin/ip" }.FirstOrDefault(File.Exists);

    /// <summary>Runs it with arguments separated by spaces.</summary>
    /// <returns>Its output.</returns>
    public static string Run(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"ip {arguments}: {errors.Result}");
    }
}
