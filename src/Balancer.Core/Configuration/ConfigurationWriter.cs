using Balancer.Configuration.Schema;

namespace Balancer.Configuration;

/// <summary>Prints a configuration as TOML that loads back to an equal one. Includes are merged; what was not set is shown as a comment with its default.</summary>
public static class ConfigurationWriter
{
    /// <summary>Writes the whole configuration.</summary>
    public static void Write(GatewayConfig config, TextWriter writer)
    {
        writer.Write($"# effective configuration of {config.File}\n");
        SectionWriter.Write(writer, "", TopLevel.Level, new TopLevel(config), "");
    }
}
