using System.Diagnostics;
using System.Reflection;
using Balancer.Proxy;

namespace Balancer.Harness;

/// <summary>A <see cref="FactAttribute"/> about what code costs; skipped with a Debug build, whose async methods are classes and allocate.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresOptimizedDaemonAttribute : FactAttribute
{
    public RequiresOptimizedDaemonAttribute()
    {
        if (GatewayProcess.IsNginx || typeof(GatewayHost).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true })
        {
            Skip = "needs a Release build of balancerd";
        }
    }
}
