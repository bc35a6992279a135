using Balancer.Configuration;

namespace Balancer.Daemon.Processes;

/// <summary>Where it is noted which virtual addresses were added to the system: beside the pid file, so that the next run, or a helper after a crash, finds it.</summary>
internal static class LedgerPath
{
    private const string FileName = "vrrp-addresses";

    /// <summary>The path for a configuration; null when there is no pid file either.</summary>
    public static string? Of(GatewayConfig config) => PidPath.Of(config) is { } pid ? Beside(pid) : null;

    /// <summary>The path beside a pid file.</summary>
    public static string Beside(string pidFile) => Path.Combine(Path.GetDirectoryName(pidFile)!, FileName);
}
