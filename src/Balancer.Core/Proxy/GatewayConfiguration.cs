using Balancer.Configuration;
using Balancer.Configuration.Files;

namespace Balancer.Proxy;

/// <summary>Loads a configuration for a gateway, with every check that asks neither the system nor the network.</summary>
public static class GatewayConfiguration
{
    /// <summary>Loads a file of the disk.</summary>
    /// <param name="path">The file; messages show it as it is given here.</param>
    public static ConfigurationResult Load(string path) => Load(path, DiskConfigurationFiles.Instance);

    /// <summary>Loads a file.</summary>
    /// <param name="path">The file; messages show it as it is given here.</param>
    /// <param name="files">Where it and the files it includes are read from.</param>
    public static ConfigurationResult Load(string path, IConfigurationFiles files)
    {
        var loaded = ConfigurationLoader.Load(path, files);
        if (loaded.Draft is not { } draft)
        {
            return loaded;
        }

        var errors = new List<ConfigError>();
        new TextCheck(draft, loaded.Patterns, errors).Run();
        return loaded.WithErrors(errors);
    }
}
