namespace Balancer.Daemon.Processes;

/// <summary>What a signal asks of the daemon.</summary>
internal enum DaemonSignal
{
    /// <summary>SIGHUP: load the configuration anew.</summary>
    Reload,

    /// <summary>SIGTERM or SIGQUIT: stop accepting, finish the running requests, end.</summary>
    Drain,

    /// <summary>SIGINT: end at once.</summary>
    Abort,

    /// <summary>SIGUSR1: open the log files anew.</summary>
    ReopenLogs,
}
