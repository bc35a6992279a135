using Balancer.Configuration;

namespace Balancer.Proxy;

/// <summary>A configuration that cannot be started, with every fault found.</summary>
public sealed class GatewayConfigException(IReadOnlyList<ConfigError> errors) : Exception(string.Join('\n', errors))
{
    /// <summary>The faults.</summary>
    public IReadOnlyList<ConfigError> Errors { get; } = errors;
}
