namespace Balancer.Harness;

/// <summary>A <see cref="FactAttribute"/> that is skipped, with the reason, where a program is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresToolAttribute : FactAttribute
{
    public RequiresToolAttribute(params string[] names) => Skip = Tools.ReasonToSkip(names);
}
