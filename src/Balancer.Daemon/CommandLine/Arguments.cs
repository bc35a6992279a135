namespace Balancer.Daemon.CommandLine;

/// <summary>A command line that was understood.</summary>
/// <param name="Verb">What to do.</param>
/// <param name="ConfigurationFile">The file to do it with.</param>
/// <param name="Signal">With <see cref="CommandLine.Verb.Signal"/>: which.</param>
internal sealed record Arguments(Verb Verb, string ConfigurationFile, SignalName Signal = default)
{
    /// <summary>The file used when none is named.</summary>
    public const string DefaultConfigurationFile = "/etc/balancer/balancer.toml";
}
