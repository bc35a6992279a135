using Balancer.Configuration.Values;

namespace Balancer.Configuration.Validation;

/// <summary>Limits: zones that exist, each once at a level.</summary>
internal static class LimitValidator
{
    private const string RequestZones = "limit_req_zone";
    private const string ConnectionZones = "limit_conn_zone";
    private const int MostZones = 16;

    public static void Check(GatewayConfig config, List<ConfigError> errors)
    {
        var requests = NamesOf(config.LimitReqZones);
        var connections = NamesOf(config.LimitConnZones);
        IEnumerable<SettingsConfig> settings = [config.Settings, .. config.Servers.Select(static s => s.Settings), .. config.Servers.SelectMany(static s => s.Locations).Select(static l => l.Settings)];
        foreach (var limits in settings.Select(static s => s.Limits))
        {
            CheckZones("limit_req", (limits.Requests ?? []).Select(static l => (l.Zone, l.Source)), (requests, RequestZones), (connections, ConnectionZones), errors);
            CheckZones("limit_conn", (limits.Connections ?? []).Select(static l => (l.Zone, l.Source)), (connections, ConnectionZones), (requests, RequestZones), errors);
        }
    }

    private static HashSet<string> NamesOf(IEnumerable<LimitZoneConfig> zones) => new(zones.Select(static z => z.Name), StringComparer.OrdinalIgnoreCase);

    private static void CheckZones(
        string key, IEnumerable<(string Zone, SourceLocation Source)> limits, (HashSet<string> Names, string Title) zones, (HashSet<string> Names, string Title) others, List<ConfigError> errors)
    {
        var used = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (zone, source) in limits)
        {
            if (!zones.Names.Contains(zone))
            {
                var hint = others.Names.Contains(zone) ? $", only a {others.Title} of that name" : NearestName.Hint(zone, zones.Names);
                errors.Add(new ConfigError(source, $"{key}: there is no {zones.Title} '{zone}'{hint}"));
            }
            else if (!used.Add(zone))
            {
                errors.Add(new ConfigError(source, $"{key}: the zone '{zone}' is given twice"));
            }
            else if (used.Count == MostZones + 1)
            {
                errors.Add(new ConfigError(source, $"{key}: more than {MostZones} zones, expected fewer"));
            }
        }
    }
}
