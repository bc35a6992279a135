using Balancer.Configuration;

namespace Balancer.Failover;

/// <summary>Runs the commands an operator wants to be run when a virtual router, or a group of them, changes. They are not waited for.</summary>
internal static class VrrpNotifier
{
    /// <summary>Has the commands run for a state that was come to.</summary>
    /// <param name="wanted">The commands.</param>
    /// <param name="kind">INSTANCE or GROUP.</param>
    /// <param name="subject">The name of the instance or group.</param>
    /// <param name="state">The state.</param>
    /// <param name="priority">The priority; 0 of a group.</param>
    /// <param name="commands">Runs them.</param>
    public static void Notify(VrrpCommands wanted, string kind, string subject, VrrpState state, int priority, NotifyCommands commands)
    {
        var (name, command) = state switch
        {
            VrrpState.Master => ("MASTER", wanted.NotifyMaster),
            VrrpState.Backup => ("BACKUP", wanted.NotifyBackup),
            VrrpState.Fault => ("FAULT", wanted.NotifyFault),
            VrrpState.Initialize => ("STOP", wanted.NotifyStop),
            _ => ("", null),
        };
        if (name.Length == 0)
        {
            return;
        }

        if (command is not null)
        {
            commands.Run(command, []);
        }

        if (wanted.Notify is { } notify)
        {
            commands.Run(notify, [kind, subject, name, $"{priority}"]);
        }
    }
}
