namespace Balancer.Daemon.CommandLine;

/// <summary>The values of <c>-s</c>, nginx's.</summary>
internal enum SignalName
{
    /// <summary>Load the configuration anew.</summary>
    Reload,

    /// <summary>Finish the running requests, then exit.</summary>
    Quit,

    /// <summary>Exit at once.</summary>
    Stop,

    /// <summary>Open the log files anew.</summary>
    Reopen,
}
