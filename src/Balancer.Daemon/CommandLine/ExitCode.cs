namespace Balancer.Daemon.CommandLine;

/// <summary>The exit codes of <c>balancerd</c>.</summary>
internal static class ExitCode
{
    /// <summary>Done, or ended as asked.</summary>
    public const int Success = 0;

    /// <summary>The configuration is wrong, an address or a file cannot be had, or the running daemon refused or cannot be reached.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;
}
