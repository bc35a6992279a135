using System.Diagnostics;
using System.Reflection;
using Balancer.Proxy;

namespace Balancer.TestSupport;

/// <summary>A theory about what code costs; skipped in a Debug build, whose async methods are classes and allocate.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OptimizedTheoryAttribute : TheoryAttribute
{
    public OptimizedTheoryAttribute()
    {
        if (typeof(GatewayHost).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true })
        {
            Skip = "needs a Release build";
        }
    }
}
