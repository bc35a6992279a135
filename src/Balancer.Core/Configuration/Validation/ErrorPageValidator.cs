using Balancer.Configuration.Values;

namespace Balancer.Configuration.Validation;

/// <summary>Error pages: the locations they name must be there, in every server they hold for.</summary>
internal static class ErrorPageValidator
{
    public static void Check(GatewayConfig config, List<ConfigError> errors)
    {
        foreach (var server in config.Servers)
        {
            var names = server.Locations.Where(static location => location.Match == LocationMatch.Named).Select(static location => location.Pattern).ToHashSet(StringComparer.Ordinal);
            var outer = server.Settings.Over(config.Settings).Rewriting.ErrorPages;
            var pages = server.Locations.Select(static location => location.Settings.Rewriting.ErrorPages).Prepend(outer).SelectMany(static pages => pages ?? []);
            foreach (var page in pages.Distinct())
            {
                var target = page.Target.Value;
                if (target.StartsWith('@') && !target.Contains('$', StringComparison.Ordinal) && !names.Contains(target))
                {
                    errors.Add(new ConfigError(page.Target.Location, $"error_page: the server at {server.Location} has no location '{target}'{NearestName.Hint(target, names)}"));
                }
            }
        }
    }
}
