using Balancer.Daemon.CommandLine;

namespace Balancer.Daemon;

/// <summary>The entry point of <c>balancerd</c>.</summary>
internal static class Program
{
    private static Task<int> Main(string[] arguments)
    {
        // Before anything touches a socket: completions run on the thread that saw the readiness, which saves the relay a hop per read and write.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        return new CommandRunner(Console.Out, Console.Error).RunAsync(arguments);
    }
}
