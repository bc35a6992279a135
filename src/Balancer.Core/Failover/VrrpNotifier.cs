using System.ComponentModel;
using System.Diagnostics;
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
            log.Post(() => Run(command, [], log));
        }

        if (config.Notify is { } notify)
        {
            log.Post(() => Run(notify, ["INSTANCE", config.Name, name, $"{priority}"], log));
        }
    }

    private static void Run(string command, string[] arguments, FailoverLog log)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(words[0], [.. words.Skip(1), .. arguments]) { UseShellExecute = false });
        }
        catch (Win32Exception e)
        {
            log.NotifyFailed(command, e.Message);
        }
    }
}
