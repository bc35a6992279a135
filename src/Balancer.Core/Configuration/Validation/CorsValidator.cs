namespace Balancer.Configuration.Validation;

/// <summary>Where <c>cors</c> holds, no <c>add_header</c> may set its fields beside it.</summary>
internal static class CorsValidator
{
    public static void Check(GatewayConfig config, List<ConfigError> errors)
    {
        var reported = new HashSet<ConfigText>(ReferenceEqualityComparer.Instance);
        foreach (var server in config.Servers)
        {
            var outer = server.Settings.Over(config.Settings);
            foreach (var settings in server.Locations.Select(location => location.Settings.Over(outer)).Prepend(outer))
            {
                Check(settings, reported, errors);
            }
        }
    }

    private static void Check(SettingsConfig settings, HashSet<ConfigText> reported, List<ConfigError> errors)
    {
        if (settings.Rewriting.Cors is not { IsOn: true } cors || settings.AddHeaders is not { } fields)
        {
            return;
        }

        foreach (var (name, text) in fields)
        {
            if (text.Value.Length > 0 && CorsConfig.Fields.Contains(name, StringComparer.OrdinalIgnoreCase) && reported.Add(text))
            {
                errors.Add(new ConfigError(text.Location, $"add_header: '{name}' is the business of 'cors' at {cors.Source}, expected one of the two"));
            }
        }
    }
}
