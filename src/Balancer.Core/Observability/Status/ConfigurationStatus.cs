namespace Balancer.Observability.Status;

/// <summary>The configuration in use.</summary>
/// <param name="File">The file it was read from.</param>
/// <param name="LoadedAt">When it took over.</param>
/// <param name="LastReload">The last attempt to replace it; null when there was none.</param>
internal sealed record ConfigurationStatus(string File, DateTimeOffset LoadedAt, ReloadStatus? LastReload);
