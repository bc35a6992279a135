using System.Runtime.InteropServices;
using Balancer.Configuration;
using Balancer.Daemon.Demo;
using Balancer.Observability.Metrics;
using Balancer.Proxy;

namespace Balancer.Daemon.CommandLine;

/// <summary>Does what the command line asks.</summary>
/// <param name="output">Standard output: what was asked for.</param>
/// <param name="error">Standard error: messages about it.</param>
internal sealed class CommandRunner(TextWriter output, TextWriter error)
{
    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        Arguments parsed;
        try
        {
            parsed = new ArgumentParser().Parse(arguments);
        }
        catch (UsageException e)
        {
            error.WriteLine($"balancerd: {e.Message}; try balancerd --help");
            return ExitCode.Usage;
        }

        try
        {
            return await RunAsync(parsed);
        }
        catch (IOException e) when (parsed.Verb is Verb.Help or Verb.Version or Verb.Dump or Verb.Schema)
        {
            error.WriteLine($"balancerd: cannot write to standard output: {e.Message}");
            return ExitCode.Failure;
        }
    }

    private async Task<int> RunAsync(Arguments parsed)
    {
        var file = parsed.ConfigurationFile;
        switch (parsed.Verb)
        {
            case Verb.Help:
                output.Write(HelpText.Text);
                return ExitCode.Success;
            case Verb.Version:
                output.WriteLine($"balancerd {BuildMetrics.Version} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})");
                return ExitCode.Success;
            case Verb.Test:
                return (await new ConfigurationCheck(error).RunAsync(file)).ExitCode;
            case Verb.Dump:
                return await DumpAsync(file);
            case Verb.Schema:
                ConfigurationSchema.Write(output);
                return ExitCode.Success;
            case Verb.Signal:
                return await new SignalCommand(error).RunAsync(parsed.Signal, file);
            case Verb.Release:
                return new ReleaseCommand(output, error).Run(file);
            case Verb.Demo:
                return await new DemoCommand(output, error).RunAsync();
            default:
                return await new RunCommand(error).RunAsync(() => GatewayConfiguration.Load(file));
        }
    }

    private async Task<int> DumpAsync(string file)
    {
        var (code, config) = await new ConfigurationCheck(error).RunAsync(file);
        if (config is not null)
        {
            ConfigurationWriter.Write(config, output);
        }

        return code;
    }
}
