using Balancer.Configuration;
using Balancer.Daemon.Processes;
using Balancer.Failover;
using Balancer.Proxy;

namespace Balancer.Daemon.CommandLine;

/// <summary><c>balancerd release</c>: gives up the virtual addresses that a daemon which crashed has left behind.</summary>
/// <param name="output">What was removed.</param>
/// <param name="error">What went wrong.</param>
internal sealed class ReleaseCommand(TextWriter output, TextWriter error)
{
    /// <summary>Runs it.</summary>
    /// <param name="file">The configuration. When it is wrong, addresses are removed all the same, and only the other gateways are not told.</param>
    /// <returns>The exit code.</returns>
    public int Run(string file)
    {
        var loaded = GatewayConfiguration.Load(file);
        var config = loaded.Errors.Count == 0 ? loaded.Config : null;
        var pid = config is null ? PidPath.OfUnit(Environment.GetEnvironmentVariable("RUNTIME_DIRECTORY")) : PidPath.Of(config);
        if (pid is null)
        {
            error.WriteLine(config is null
                ? $"balancerd: {file} has errors, and outside a systemd unit only it says where the record of addresses is; see balancerd -t"
                : $"balancerd: {file} names no pid file, beside which the record of addresses is");
            return ExitCode.Failure;
        }

        try
        {
            PidFile.EnsureFree(pid);
        }
        catch (ProcessException e)
        {
            error.WriteLine($"balancerd: {e.Message}");
            return ExitCode.Failure;
        }

        if (FailoverRelease.Run(config?.VrrpInstances ?? [], LedgerPath.Beside(pid), output.WriteLine) is { } failure)
        {
            error.WriteLine($"balancerd: {failure}");
            return ExitCode.Failure;
        }

        return ExitCode.Success;
    }
}
