using Balancer.Configuration;

namespace Balancer.Observability.Status;

/// <summary>An attempt to replace the configuration.</summary>
/// <param name="Time">When it was made.</param>
/// <param name="Errors">Why it was refused; empty when it succeeded.</param>
internal sealed record ReloadStatus(DateTimeOffset Time, IReadOnlyList<ConfigError> Errors);
