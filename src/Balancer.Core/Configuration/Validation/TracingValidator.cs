namespace Balancer.Configuration.Validation;

/// <summary>Traces need somewhere to go.</summary>
internal static class TracingValidator
{
    public static void Check(GatewayConfig config, List<ConfigError> errors)
    {
        if (config.OtelExporter is not null)
        {
            return;
        }

        var levels = config.Servers.SelectMany(static server => server.Locations.Select(static location => location.Settings).Prepend(server.Settings)).Prepend(config.Settings);
        foreach (var settings in levels)
        {
            if (settings.Tracing is { MayTrace: true, Trace: { } trace })
            {
                errors.Add(new ConfigError(trace.Location, "otel_trace: there is no [otel_exporter] that traces could go to"));
            }
        }
    }
}
