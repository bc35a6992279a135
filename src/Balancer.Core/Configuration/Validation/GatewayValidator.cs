using Balancer.Configuration.Schema;

namespace Balancer.Configuration.Validation;

/// <summary>Checks what the parts of a configuration say about each other.</summary>
internal static class GatewayValidator
{
    /// <summary>Checks a configuration of which every line could be read.</summary>
    /// <returns>The configuration, in which the servers of one address agree on its socket options.</returns>
    public static GatewayConfig Check(GatewayConfig config, BindState state)
    {
        // Beside other faults this may only follow from one of them.
        if (config.Servers.Count == 0 && state.Errors.Count == 0)
        {
            state.Errors.Add(new ConfigError(new SourceLocation(config.File, 1, 1), "there is no [[server]], so nothing would be listened on"));
        }

        var isWell = state.Errors.Count == 0;
        var listens = new ListenValidator(config, state);
        config = config with { Servers = listens.Check() };
        ServerNameValidator.Check(config.Servers, state.Errors);
        TlsValidator.Check(config.Servers, isWell, state.Errors);
        LocationValidator.Check(config, state.Errors);
        HealthCheckValidator.Check(config, state.Errors);
        AccessLogValidator.Check(config, state.Errors);
        ErrorPageValidator.Check(config, state.Errors);
        CorsValidator.Check(config, state.Errors);
        TracingValidator.Check(config, state.Errors);
        LimitValidator.Check(config, state.Errors);
        VrrpValidator.Check(config, state.Errors);
        return config;
    }
}
