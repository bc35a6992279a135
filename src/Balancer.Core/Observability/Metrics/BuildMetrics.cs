using System.Reflection;
using System.Runtime.InteropServices;

namespace Balancer.Observability.Metrics;

/// <summary>The version that runs.</summary>
internal sealed class BuildMetrics : IMetricsSource
{
    /// <summary>The version of Balancer, without the suffix of the build.</summary>
    public static string Version { get; } =
        typeof(BuildMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <inheritdoc/>
    public void Collect(MetricsCollector collector) => collector.Add(MetricFamilies.Build, 1, Version, RuntimeInformation.FrameworkDescription);
}
