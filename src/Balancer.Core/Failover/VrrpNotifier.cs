using Balancer.Configuration;

namespace Balancer.Failover;

/// <summary>Runs the commands an operator wants to be run when a virtual router changes. They are not waited for.</summary>
internal static class VrrpNotifier
{
    /// <summary>Has the commands run for a state that was come to.</summary>
    public static void Notify(VrrpInstanceConfig config, VrrpState state, int priority, FailoverLog log)
    {
        var (name, command) = state switch
        {
            VrrpState.Master => ("MASTER", config.NotifyMaster),
            VrrpState.Backup => ("BACKUP", config.NotifyBackup),
            VrrpState.Fault => ("FAULT", config.NotifyFault),
            VrrpState.Initialize => ("STOP", config.NotifyStop),
            _ => ("", null),
        };
        if (name.Length == 0)
        {
            return;
        }

        if (command is not null)
        {
            log.Run(command, []);
        }

        if (config.Notify is { } notify)
        {
            log.Run(notify, ["INSTANCE", config.Name, name, $"{priority}"]);
        }
    }
}
