namespace Balancer.Harness;

/// <summary>A <see cref="FactAttribute"/> that is skipped, with the reason, for users other than root.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresRootAttribute : FactAttribute
{
    public RequiresRootAttribute() => Skip = Native.IsRoot ? null : "needs root";
}
