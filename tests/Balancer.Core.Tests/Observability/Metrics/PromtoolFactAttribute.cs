namespace Balancer.Observability.Metrics;

/// <summary>A test that needs promtool; skipped where it is missing.</summary>
internal sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute()
    {
        Skip = Promtool.IsInstalled ? null : "promtool is not installed (package prometheus)";
    }
}
