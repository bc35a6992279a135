namespace Balancer.Daemon.CommandLine;

/// <summary>A command line that was not understood; the message is one line.</summary>
internal sealed class UsageException(string message) : Exception(message);
