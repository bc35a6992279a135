using Balancer.Configuration;

namespace Balancer.Daemon.Processes;

/// <summary>Where the pid file is: as the configuration says, or in the runtime directory that the unit was given, so that a unit can reload without any setting.</summary>
internal static class PidPath
{
    private const string FileName = "balancerd.pid";

    /// <summary>The path for a configuration; null when no pid file is written.</summary>
    public static string? Of(GatewayConfig config) => config.PidFile ?? OfUnit(Environment.GetEnvironmentVariable("RUNTIME_DIRECTORY"));

    /// <summary>The path in the first of the unit's runtime directories (systemd.exec(5): separated by colons); null outside a unit that has one.</summary>
    public static string? OfUnit(string? runtimeDirectories) =>
        string.IsNullOrEmpty(runtimeDirectories) ? null : Path.Combine(runtimeDirectories.Split(':')[0], FileName);
}
