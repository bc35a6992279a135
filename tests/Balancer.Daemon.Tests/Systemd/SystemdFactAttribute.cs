namespace Balancer.Daemon.Systemd;

/// <summary>A test that needs systemd-analyze and is skipped where there is none.</summary>
internal sealed class SystemdFactAttribute : FactAttribute
{
    public const string Analyze = "/usr/bin/systemd-analyze";

    public SystemdFactAttribute() => Skip = File.Exists(Analyze) ? null : $"needs {Analyze}";
}
