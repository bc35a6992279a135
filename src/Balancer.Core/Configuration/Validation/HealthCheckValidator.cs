using Balancer.Configuration.Values;

namespace Balancer.Configuration.Validation;

/// <summary><c>health_check</c>: a pool that can be asked, and a match that exists.</summary>
internal static class HealthCheckValidator
{
    public static void Check(GatewayConfig config, List<ConfigError> errors)
    {
        var matches = config.Matches.Select(static match => match.Name).ToArray();
        foreach (var location in config.Servers.SelectMany(static server => server.Locations))
        {
            if (location.HealthCheck is not { IsOn: true } check)
            {
                continue;
            }

            if (location.ProxyPass is null && location.GrpcPass is null)
            {
                errors.Add(new ConfigError(check.Location, "health_check needs 'proxy_pass' or 'grpc_pass' beside it: it asks the servers of that pool"));
            }

            if (check.IsGrpc && location.ProxyPass is not null)
            {
                errors.Add(new ConfigError(check.Location, "health_check: type=grpc needs 'grpc_pass' instead of 'proxy_pass'"));
            }

            if (!check.IsGrpc && check.GrpcService.Length > 0)
            {
                errors.Add(new ConfigError(check.Location, "health_check: grpc_service needs type=grpc"));
            }

            if (check.IsGrpc && (check.Match is not null || check.Uri != "/"))
            {
                errors.Add(new ConfigError(check.Location, "health_check: type=grpc asks for a service and wants SERVING; 'uri' and 'match' cannot stand beside it"));
            }

            if (check.Match is { } name && !matches.Contains(name.Value, StringComparer.Ordinal))
            {
                errors.Add(new ConfigError(name.Location, $"health_check: there is no [match.{name.Value}]{(NearestName.Find(name.Value, matches) is { } nearest ? $", did you mean '{nearest}'?" : "")}"));
            }
        }
    }
}
