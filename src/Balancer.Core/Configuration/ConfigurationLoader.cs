using Balancer.Configuration.Files;
using Balancer.Configuration.Schema;
using Balancer.Configuration.Validation;

namespace Balancer.Configuration;

/// <summary>Loads a configuration: a TOML file, the files it includes, and all checks that need no other room.</summary>
public static class ConfigurationLoader
{
    /// <summary>Loads a file of the disk.</summary>
    /// <param name="path">The file; messages show it as it is given here.</param>
    public static ConfigurationResult Load(string path) => Load(path, DiskConfigurationFiles.Instance);

    /// <summary>Loads a file.</summary>
    /// <param name="path">The file; messages show it as it is given here.</param>
    /// <param name="files">Where it and the files it includes are read from.</param>
    public static ConfigurationResult Load(string path, IConfigurationFiles files)
    {
        var state = new BindState();
        var loading = new FileLoading(files, state);
        var top = loading.Load(path);
        var config = top.Config with { Servers = [.. top.Config.Servers.Select(server => ClientHeadSettings.Of(server).Over(top.ClientHead).In(server) with { Tls = server.Tls.Over(top.Tls) })] };

        // Lines that could not be read may hold what is missed: what files say about each other is checked when all could be.
        if (loading.ReadEverything)
        {
            config = GatewayValidator.Check(config, state);
        }

        var result = new ConfigurationResult(config, [])
        {
            Draft = loading.ReadEverything ? config : null,
            Patterns = state.Patterns,
            Files = loading.Files,
        };
        return result.WithErrors(state.Errors);
    }
}
