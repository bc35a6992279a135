namespace Balancer.Configuration;

/// <summary>What loading a configuration gave.</summary>
/// <param name="Config">The configuration; null when there is any fault.</param>
/// <param name="Errors">Every fault of every file, in the order the files were read in and then by line and column.</param>
public sealed record ConfigurationResult(GatewayConfig? Config, IReadOnlyList<ConfigError> Errors);
