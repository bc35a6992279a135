using Balancer.Configuration.Schema;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Validation;

/// <summary>Access logs: formats that exist, and one way of buffering for each file.</summary>
internal static class AccessLogValidator
{
    public static void Check(GatewayConfig config, List<ConfigError> errors)
    {
        var formats = new HashSet<string>(config.LogFormats.Keys.Concat(LogFormatsKey.BuiltIn), StringComparer.Ordinal);
        var files = new Dictionary<string, AccessLogConfig>(StringComparer.Ordinal);
        foreach (var log in All(config))
        {
            if (!formats.Contains(log.Format))
            {
                errors.Add(new ConfigError(log.Source, $"access_log: there is no log_format '{log.Format}'{NearestName.Hint(log.Format, formats)}"));
            }

            if (!files.TryAdd(log.Path, log) && (files[log.Path].BufferSize != log.BufferSize || files[log.Path].Flush != log.Flush))
            {
                errors.Add(new ConfigError(log.Source, $"access_log: 'buffer' or 'flush' of {log.Path} differs from the one at {files[log.Path].Source}; a file is written in one way"));
            }
        }
    }

    private static IEnumerable<AccessLogConfig> All(GatewayConfig config)
    {
        IEnumerable<SettingsConfig> settings = [config.Settings, .. config.Servers.Select(static s => s.Settings), .. config.Servers.SelectMany(static s => s.Locations).Select(static l => l.Settings)];
        return settings.SelectMany(static s => s.AccessLogs ?? []);
    }
}
