using Balancer.Configuration;
using Balancer.Daemon.Hosting;
using Balancer.Proxy;

namespace Balancer.Daemon.CommandLine;

/// <summary><c>balancerd -t</c>: reports what a start would, in nginx's words.</summary>
/// <param name="error">Where it reports, as nginx does.</param>
internal sealed class ConfigurationCheck(TextWriter error)
{
    /// <summary>Checks a file.</summary>
    /// <returns>The exit code, and the configuration when it has no errors.</returns>
    public async Task<(int ExitCode, GatewayConfig? Config)> RunAsync(string file)
    {
        var loaded = GatewayConfiguration.Load(file);
        var errors = loaded.Config is null ? loaded.Errors : await CheckAsync(loaded.Config);
        if (errors.Count == 0)
        {
            error.WriteLine($"balancerd: configuration file {file} test is successful");
            return (ExitCode.Success, loaded.Config);
        }

        foreach (var fault in errors)
        {
            error.WriteLine(fault);
        }

        error.WriteLine($"balancerd: configuration file {file} test failed");
        return (ExitCode.Failure, null);
    }

    private async Task<IReadOnlyList<ConfigError>> CheckAsync(GatewayConfig config)
    {
        using var warnings = new WarningPrinter(error);
        var errors = await GatewayHost.CheckAsync(config, warnings, TimeProvider.System, CancellationToken.None);
        return ErrorLog.Check(config) is { } fault ? [fault, .. errors] : errors;
    }
}
