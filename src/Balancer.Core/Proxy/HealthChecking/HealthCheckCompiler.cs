using Balancer.Configuration;
using Balancer.Configuration.Schema;
using Balancer.Routing;

namespace Balancer.Proxy.HealthChecking;

/// <summary>Gathers the checks of a configuration.</summary>
/// <param name="matches">Its matches.</param>
internal sealed class HealthCheckCompiler(IReadOnlyList<MatchConfig> matches)
{
    private readonly Dictionary<string, HealthCheck> _checks = new(StringComparer.Ordinal);

    /// <summary>All checks, each once.</summary>
    public IReadOnlyList<HealthCheck> All => [.. _checks.Values];

    /// <summary>Adds the check of a location, if it has one.</summary>
    /// <param name="server">The virtual server.</param>
    /// <param name="location">The location as configured.</param>
    /// <param name="action">The location compiled; null when it had faults.</param>
    public void Add(ServerConfig server, LocationConfig location, ProxyAction? action)
    {
        if (location.HealthCheck is not { IsOn: true } config || action is null)
        {
            return;
        }

        var identity = $"{action.Upstream.Name.ToLowerInvariant()} {(server.ServerNames is [var name, ..] ? name.Value : "")} {server.Listen[0].EndPoint} {location.Path.Value} {HealthCheckType.Instance.Write(config)}";
        _checks[identity] = new HealthCheck(identity, config, matches.FirstOrDefault(match => match.Name == config.Match?.Value), action);
    }
}
