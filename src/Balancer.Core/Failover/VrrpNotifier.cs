using Balancer.Configuration;

namespace Balancer.Failover;

/// <summary>Runs the commands an operator wants to be run when a virtual router, or a group of them, changes. They are not waited for.</summary>
internal static class VrrpNotifier
{
    /// <summary>Has the commands run for a state that was come to.</summary>
    /// <param name="commands">The commands.</param>
    /// <param name="kind">INSTANCE or GROUP.</param>
    /// <param name="subject">The name of the instance or group.</param>
    /// <param name="state">The state.</param>
    /// <param name="priority">The priority; 0 of a group.</param>
    /// <param name="log">Runs them from the thread pool.</param>
    public static void Notify(VrrpCommands commands, string kind, string subject, VrrpState state, int priority, FailoverLog log)
    {
        var (name, command) = state switch
        {
            VrrpState.Master => ("MASTER", commands.NotifyMaster),
            VrrpState.Backup => ("BACKUP", commands.NotifyBackup),
            VrrpState.Fault => ("FAULT", commands.NotifyFault),
            VrrpState.Initialize => ("STOP", commands.NotifyStop),
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

        if (commands.Notify is { } notify)
        {
            log.Run(notify, [kind, subject, name, $"{priority}"]);
        }
    }
}
